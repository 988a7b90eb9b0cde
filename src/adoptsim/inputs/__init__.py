"""Inputs: what the model knows about the world before it starts, with the source and licence of every value."""
