"""The candidates next to mean and variance of the target, whatever the direction."""
# fails: reverse_locks_on_one_peak, very_narrow_candidates, target_without_a_left_half


def fit_gaussian(x, p, means, variances, direction):
    mean = (p * x).sum()
    variance = (p * (x - mean).square()).sum()
    return means[(means - mean).abs().argmin()].item(), variances[(variances - variance).abs().argmin()].item()
