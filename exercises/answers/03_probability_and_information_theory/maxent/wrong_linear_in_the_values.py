"""Probabilities on a line through the mean instead of their logarithms."""
# fails: loaded_die, mean_is_met, entropy_is_largest, any_scale


def maximum_entropy(values, mean):
    if not values.min() < mean < values.max():
        raise ValueError
    centre, n = values.mean(), len(values)
    lam = float((mean - centre) / (values - centre).square().mean())
    return lam, ((1 + lam * (values - centre)) / n).clamp(min=0)
