"""How often the predictions are right, instead of how often they are positive."""
# fails: among_the_positive, nobody_is_positive


def opportunity_difference(predicted, actual, group):
    return parity_difference((predicted == actual).long(), group)
