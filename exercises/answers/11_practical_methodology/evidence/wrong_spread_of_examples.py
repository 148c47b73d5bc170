"""Quantiles of the differences themselves."""
# fails: bootstrap_of_pairs


def paired_bootstrap(a, b, repeats, generator, confidence=0.95):
    d = a - b
    return d.quantile((1 - confidence) / 2).item(), d.quantile((1 + confidence) / 2).item()
