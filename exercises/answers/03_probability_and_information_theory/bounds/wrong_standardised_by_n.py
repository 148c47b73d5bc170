"""Divided by the variance over n instead of its root."""
# fails: standardised_rows


def standardized_means(x, mean, variance):
    return (x.mean(dim=1) - mean) * x.shape[1] / math.sqrt(variance)
