"""The mean distance of single labels: no bins."""
# fails: two_bins_by_hand, error_bin_by_bin


def calibration_error(p, y, bins=10):
    return (y - p).abs().mean().item()
