"""The first layer's activations instead of its gradient."""
# fails: vanishing_with_sigmoids, kept_by_rectifiers, nothing_left_over


def first_gradient_norms(make, depths, X, y):
    return [make(depth)[0](X).norm().item() for depth in depths]
