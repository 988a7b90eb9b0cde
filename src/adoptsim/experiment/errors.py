"""What can be wrong with a result folder, and what can stop a run."""

__all__ = ["RunStoppedError", "StoreError"]


class StoreError(OSError):
    """A folder that cannot be used or must not be overwritten."""


class RunStoppedError(RuntimeError):
    """A run that could not be finished; what is done is kept, and the same command continues it."""
