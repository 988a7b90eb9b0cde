"""Words of an explanation: headings, what tables mean, what cannot be told. No numbers of the model stand here."""

from __future__ import annotations

INCOME = {
    "LIC": "low-income",
    "LMC": "lower-middle-income",
    "UMC": "upper-middle-income",
    "HIC": "high-income",
}
TITLE = "{name} ({iso3}): what holds access to genomic medicine back, and what would move it"
SETTING = (
    "Scenario '{title}', {start} to {end}, {worlds} worlds, seed {seed}. Figures are means over worlds; in brackets "
    "the range that holds 90 % of worlds (a mean may lie outside it where a few worlds are far from the others). "
    "Worlds differ in all that is uncertain: read this as 'in worlds like these', not as a "
    "forecast. Most inputs are assumptions. Money is constant 2024 US$."
)
IMPUTED = "Of this country's own data these were estimated or carried over, not measured: {names}."
FAILED = "{failed} of {all} worlds could not be finished in every run and are left out: {error}"
SHORT = "IN SHORT"
PARTS = {
    "standing": "1  WHERE {NAME} STANDS",
    "limits": "2  WHAT HELD IT BACK",
    "phases": "3  WHAT EACH PHASE OF THE QUARTER DID HERE",
    "levers": "4  WHICH LEVER WOULD HAVE MOVED IT",
    "minister": "5  A MINISTER'S QUESTIONS",
    "reading": "6  WHAT THIS CANNOT TELL",
}
STANDING = (
    "Useful access: the share of people's need that ends in a usable result linked to care; needs weigh by the disease "
    "that testing could prevent here. {start}: after the first quarter. {end}: at the end of the run."
)
STAGES = "Stage of each application (share of worlds):"
BESIDE = "Coverage here (% of those who should be tested), and national programmes elsewhere (share of units):"
ALONE = "{name} is the only unit of its {group}, so the comparison is with itself."
LIMITS = (
    "What held each application back, in the share of all quarters of all worlds. With a programme the model names the "
    "input that was scarcest against the tests that the programme wanted. 'Demand' means that none was: the programme "
    "itself asked for no more, being a pilot, or a national programme that is still spreading. Inputs that come close "
    "to what is wanted still cost some tests, because sites differ."
)
LIMITS_BY_PERIOD = (
    "When: how often there was a programme in those years, and what then bound most often (in which share of the time "
    "with a programme; in which share of worlds with one it bound most):"
)
SENT = (
    "Names of constraints are those of the country's own laboratories. Where samples are sent out, machines, bench "
    "staff and reagents at home do not matter; then"
)
PHASES = "A year, or the mean state, in the first and in the last five years; all applications together."
STAFF_FLOWS = "Staff, persons a year over the whole run:"
PRICES = "Consumables (US$ per test):"
NO_AGREEMENT = "No maker signs an agreement that lowers a price here, in any world."
AGREEMENTS = (
    "Makers' price agreements that lower a price here, in the share of worlds: ever, and at the end; of these those "
    "with tiers by income group, and those whose price is kept although the country has left its place on the list. "
    "Then, where there is one at the end, the year in which it was signed and the maker's price with it and without it "
    "(US$ per test at the maker's door, public buyers):"
)
ADOPTION = "National programmes, the year in which later ones began, and verdicts of appraisals in force at the end:"
STARTING = (
    "Why there is no programme, or one: the chance that a national programme would begin in a year (%); how what the "
    "country is (income, government, size, need, region) multiplies it against the mean of all units; how "
    "circumstances do (price against the health budget, neighbours, donors that list it, verdicts). What is left is "
    "the age of the technology and the country's own propensity, which no table knows and each world draws:"
)
LEVERS = (
    "Each lever alone at full strength everywhere on earth from {start} on (full after two years), against the same "
    "worlds; in percentage points of useful access, mean over the run. 'Gains': share of worlds in which access here "
    "rises. The cost is this country's part a year at full strength, paid by the programme and not out of its budget."
)
LEVERS_ON_TOP = (
    "The scenario has levers of its own: each lever is added to them, or brought to full strength everywhere."
)
QUESTIONS = {
    "displacement": "What does it displace?",
    "budget": "The five-year budget, and who pays?",
    "donors_gone": "Who pays when the donors leave?",
    "costs": "Build, share or send out?",
    "capacity": "How many staff and machines, and when?",
    "waiting": "How long will people wait?",
    "households": "What will it cost a household?",
    "harm": "What harm may it do?",
}
DISPLACEMENT = (
    "Money spent here is not spent elsewhere in the health system. What it would have done there is the cost over the "
    "threshold (what a DALY costs at the margin): the country's own for its money, one of their own for donors' money, "
    "paid twice or not. Households' payments and the cost of levers are left out."
)
BUDGET = (
    "US$ million in each period, as the model's purse has it: 'in' equals 'out' but for rounding. What is neither "
    "spent nor lapsed is carried over."
)
DONORS_GONE = (
    "A second run of the same worlds in which every donor cancels all grants to {name} alone at the beginning of "
    "{year} and gives no new ones; a year, {year} to {end}:"
)
COSTS = (
    "Cost of a test (US$): in own laboratories at the volume then planned, sent to the cheapest regional hub with "
    "shipping and counselling at home, and what a household pays in the private channel:"
)
CHANNELS = "Which way tests go (share of all tests in all worlds):"
CAPACITY = (
    "'Needed' is what the tests then wanted, in all channels at home, would use: staff at their working minutes with "
    "today's task-sharing, machines at the planned use. It is not what a full programme of everything would need:"
)
WAITING = (
    "The model has no queue and cannot say how long a person waits. What stands for it: months from order to delivery "
    "of reagents, and public tests wanted and not done. A test that is not done in its quarter is lost for births and "
    "episodes of illness; only tests once in life have a backlog, told as years of work at the pace of the time."
)
HOUSEHOLDS = (
    "Price of one test in the private channel, in per cent of a year's income per head of the fifth. Public tests are "
    "free to the household; travel, lost earnings and later care are not counted:"
)
HARM = (
    "Counted and not valued: results of uncertain significance, and people told wrongly that they have the condition. "
    "Data incidents are counted for the world alone; anxiety and stigma are not represented:"
)
READING = (
    "Individual patients, laboratories and districts; politics; private insurance; conflict; new applications. Wealth "
    "gradients, government effectiveness and the share of health money for genomics stay as at the start. A lever's "
    "effect here includes what other countries do with it. See docs/explain.md and docs/odd.md."
)
