"""Why a country stands where it stands in a scenario: runs seen from one country, as tables and in plain words."""

from adoptsim.report.explain.explanation import WORLDS, Explanation, explain, explain_file
from adoptsim.report.explain.subject import UnknownNameError

__all__ = ["WORLDS", "Explanation", "UnknownNameError", "explain", "explain_file"]
