"""Rank reversal: parameters whose low or high values change which lever is best."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from adoptsim.sensitivity.matched import DUMMIES, Array, dummies, matched
from adoptsim.sensitivity.vocabulary import group_of, value_words, words_of

__all__ = ["CANNOT_TELL", "CHANGES", "SHIFTS", "rank_reversal", "reversal_sentences"]

CHANGES, SHIFTS, CANNOT_TELL = "changes who is best", "shifts the odds", "cannot tell"
TOP, TESTS = 3, 2
NORMAL_95 = 1.96  # standard errors that a lead must reach, also where no lot has any lead
ENDS = ("low", "high")


def rank_reversal(parameters: pd.DataFrame, effects: pd.DataFrame, *, seed: int = 1) -> pd.DataFrame:
    """Who is best where a parameter is in its low or its high third of worlds.

    Parameters
    ----------
    parameters, effects
        As for ``value_of_information``.

    Returns
    -------
    DataFrame
        A row per parameter, the strongest first. ``best`` and, for both ends, ``best_low``: the lever of the highest
        mean effect; ``lead_low``: its mean lead over ``best`` there, in units of the effects, and ``t_low`` that lead
        over its standard error; ``top_three_low``: the three highest means in order; ``p_best_low``: share of worlds
        in which ``best`` is best; ``gainer``: the lever whose share of worlds differs most between the ends, with
        ``gainer_low`` and ``gainer_high``; ``shift``: chi-square of who is best against the third.
        ``low_below`` and ``high_above``: values of the parameter at which these thirds end and start.
        ``verdict``: changes who is best (a lead beyond all leads in thirds drawn by lot, and two standard errors),
        shifts the odds (of being best in a world; beyond all shifts drawn by lot), or cannot tell. 40 lots are drawn
        for each parameter: where nothing matters, some parameter is named by chance in at most 1 of 20 analyses.

    Raises
    ------
    ValueError
        If there are fewer than two levers or 16 whole worlds.
    """
    if effects.shape[1] < 2:
        raise ValueError(f"a choice wants at least two levers, got {effects.shape[1]}")
    rng = np.random.default_rng(seed)
    sample = matched(parameters, effects, rng)
    y = sample.effects.to_numpy()
    best = int(y.mean(axis=0).argmax())
    found = _Thirds(y, best)
    shift, lead = found.statistics(sample.orders())
    lots = [found.statistics(orders) for orders in dummies(len(y), TESTS * DUMMIES * len(shift), y.size, rng)]
    most_shift, most_lead = (max(part[i].max() for part in lots) for i in (0, 1))
    names = [str(name) for name in sample.parameters.columns]
    rows = [found.row(order, list(map(str, sample.effects.columns))) for order in sample.orders()]
    table = pd.DataFrame(rows, index=pd.Index(names, name="parameter"))
    change = lead.max(axis=1) > max(most_lead, NORMAL_95)
    values = np.sort(sample.parameters.to_numpy(), axis=0)
    table["low_below"], table["high_above"] = values[found.third - 1], values[-found.third]
    table["shift"], table["shift_by_lot"], table["lead_by_lot"] = shift, most_shift, most_lead
    table["verdict"] = np.where(change, CHANGES, np.where(shift > most_shift, SHIFTS, CANNOT_TELL))
    table["group"], table["words"] = [group_of(name) for name in names], [words_of(name) for name in names]
    order = np.lexsort((-shift, ~change))
    return table.iloc[order]


def reversal_sentences(table: pd.DataFrame, unit: str) -> tuple[str, ...]:
    """A sentence for each end of each parameter that changes who is best; ``unit`` of the effects."""
    found = []
    changing = table[table["verdict"] == CHANGES]
    for name, row in changing.iterrows():
        for end, limit, side in (("low", "low_below", "up to"), ("high", "high_above", "from")):
            if row[f"t_{end}"] > max(row["lead_by_lot"], NORMAL_95):
                found.append(
                    f"Where {row['words']} is in its {end} third ({side} {value_words(str(name), row[limit])}), "
                    f"{row[f'best_{end}']} is best: {row[f'lead_{end}']:.2g} {unit} above {row['best']}."
                )
    return tuple(found) or (
        f"No parameter alone changes that {table['best'].iloc[0]} is best, as far as one can tell.",
    )


class _Thirds:
    """What the low and high third of some orders of worlds say about effects (N, L)."""

    def __init__(self, effects: Array, best: int) -> None:
        self.effects, self.best, self.third = effects, best, len(effects) // 3
        self.against = effects - effects[:, [best]]
        self.winner = np.eye(effects.shape[1])[effects.argmax(axis=1)]  # (N, L), 1 where a lever is best

    def ends(self, orders: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Worlds of the low and of the high third (..., N // 3)."""
        return orders[..., : self.third], orders[..., -self.third :]

    def statistics(self, orders: NDArray[np.int64]) -> tuple[Array, Array]:
        """Chi-square of the winner against the third (M,), and the t-value of the largest lead at each end (M, 2)."""
        low, high = self.ends(orders)
        counts = np.stack([self.winner[low].sum(axis=1), self.winner[high].sum(axis=1)], axis=1)
        wanted = 0.5 * counts.sum(axis=1, keepdims=True)
        square = np.divide((counts - wanted) ** 2, wanted, out=np.zeros_like(counts), where=wanted > 0.0)
        leads = [self._leads(end)[1].max(axis=-1) for end in (low, high)]
        return square.sum(axis=(1, 2)), np.stack(leads, axis=1)

    def _leads(self, worlds: NDArray[np.int64]) -> tuple[Array, Array]:
        """Mean leads over the best lever (..., L), and over their standard errors."""
        here = self.against[worlds]
        mean, error = here.mean(axis=-2), here.std(axis=-2, ddof=1) / np.sqrt(here.shape[-2])
        return mean, np.divide(mean, error, out=np.zeros_like(mean), where=error > 0.0)

    def row(self, order: NDArray[np.int64], names: list[str]) -> dict[str, object]:
        """Cells of one parameter."""
        found: dict[str, object] = {"best": names[self.best]}
        shares = []
        for end, worlds in zip(ENDS, self.ends(order), strict=True):
            mean, t = self._leads(worlds)
            rank = np.argsort(-mean, kind="stable")
            share = self.winner[worlds].mean(axis=0)
            shares.append(share)
            found |= {f"best_{end}": names[rank[0]], f"lead_{end}": mean[rank[0]], f"t_{end}": t[rank[0]]}
            found |= {f"top_three_{end}": ", ".join(names[i] for i in rank[:TOP]), f"p_best_{end}": share[self.best]}
        gainer = int(np.abs(shares[1] - shares[0]).argmax())
        return found | {"gainer": names[gainer], "gainer_low": shares[0][gainer], "gainer_high": shares[1][gainer]}
