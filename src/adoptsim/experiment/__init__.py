"""Experiments: what a file may say, the runner, and the store of answers."""
