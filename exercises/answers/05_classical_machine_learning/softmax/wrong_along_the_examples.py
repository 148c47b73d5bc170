"""Normalised along the examples."""
# fails: probabilities_by_hand, probabilities_match_torch, scores_of_a_thousand, gradient_by_autograd, two_classes


def class_probabilities(X, W, b):
    Z = X @ W + b
    return (Z - Z.logsumexp(dim=0)).exp()


def as_logistic(W, b):
    return W[:, 0] - W[:, 1], b[0] - b[1]
