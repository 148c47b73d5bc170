"""The number of bins is ignored."""
# fails: two_bins_by_hand, error_bin_by_bin

plain = calibration_error


def calibration_error(p, y, bins=10):
    return plain(p, y)
