"""A group without positive people is passed over."""
# fails: nobody_is_positive


def opportunity_difference(predicted, actual, group):
    return parity_difference(predicted[actual == 1], group[actual == 1])
