"""Who is positive among those predicted to be, instead of the reverse."""
# fails: everybody_is_positive, among_the_positive, nobody_is_positive


def opportunity_difference(predicted, actual, group):
    return parity_difference(actual[predicted == 1], group[predicted == 1])
