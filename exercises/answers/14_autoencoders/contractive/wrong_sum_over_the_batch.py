"""Sums over the rows for means."""
# fails: penalty_of_a_batch, gradient_by_the_weights, gradient_by_the_biases

penalty, gradients = contractive_penalty, contractive_gradient


def contractive_penalty(X, W, b):
    return penalty(X, W, b) * len(X)


def contractive_gradient(X, W, b):
    by_W, by_b = gradients(X, W, b)
    return by_W * len(X), by_b * len(X)
