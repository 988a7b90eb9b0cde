"""What can be wrong with a result folder."""

__all__ = ["StoreError"]


class StoreError(OSError):
    """A folder that cannot be used or must not be overwritten."""
