"""The tail of a normal distribution."""
# fails: five_models, errors_of_the_majority


def majority_error(p, B):
    return 0.5 * math.erfc((B / 2 - B * p) / math.sqrt(2 * B * p * (1 - p)))
