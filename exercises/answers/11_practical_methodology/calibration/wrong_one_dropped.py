"""What has the probability 1 falls out of the bins."""
# fails: error_bin_by_bin


def calibration_error(p, y, bins=10):
    total = 0.0
    for b in range(bins):
        inside = (p >= b / bins) & (p < (b + 1) / bins)
        total += abs((y[inside] - p[inside]).sum().item()) / len(p)
    return total
