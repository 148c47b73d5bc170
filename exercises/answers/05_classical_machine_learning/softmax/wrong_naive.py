"""The exponentials as they stand."""
# fails: scores_of_a_thousand


def class_probabilities(X, W, b):
    E = (X @ W + b).exp()
    return E / E.sum(dim=1, keepdim=True)
