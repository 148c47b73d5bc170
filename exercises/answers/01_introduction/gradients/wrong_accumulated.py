"""Gradients of earlier calls are left in place and added to."""
# fails: nothing_left_over


def first_gradient_norms(make, depths, X, y):
    norms = []
    for depth in depths:
        model = make(depth)
        (model(X) - y).square().mean().backward()
        norms.append(model[0].weight.grad.norm().item())
    return norms
