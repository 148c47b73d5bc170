"""Differences of bins cancel each other."""
# fails: error_bin_by_bin


def calibration_error(p, y, bins=10):
    return abs((y - p).mean().item())
