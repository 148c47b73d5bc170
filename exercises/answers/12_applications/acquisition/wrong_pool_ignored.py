"""From all examples, not from the pool."""
# fails: uncertain_and_diverse

_diverse = diverse_margin


def diverse_margin(probabilities, X, labelled, k, pool):
    return _diverse(probabilities, X, labelled, k, len(X))


def k_center(X, labelled, k):
    return _diverse(torch.zeros(len(X), 2), X, labelled, k, len(X))
