"""The median of measurements that have many figures each."""


def median_by(rows, key):
    """The one in the middle by a figure, as it was measured; the lower of two."""
    return sorted(rows, key=key)[(len(rows) - 1) // 2]
