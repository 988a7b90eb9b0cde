"""The model: actors, rules, phases and what is kept of a run."""
