"""Groups 0 and 1 alone."""
# fails: three_groups, whichever_comes_first


def parity_difference(predicted, group):
    return abs(predicted[group == 0].double().mean() - predicted[group == 1].double().mean()).item()
