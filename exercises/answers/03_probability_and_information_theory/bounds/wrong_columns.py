"""Columns taken for the samples, in float64."""
# fails: standardised_rows, inputs_kept


def standardized_means(x, mean, variance):
    return (x.double().mean(dim=0) - mean) / math.sqrt(variance / x.shape[0])
