"""From all examples, not from the pool."""
# fails: uncertain_and_diverse


def diverse_margin(probabilities, X, labelled, k, pool):
    return k_center(X, labelled, k)
