"""Theta moved in place."""
# fails: inputs_kept


def natural_step(theta, gradient, fisher, lr, damping=0.0):
    eye = torch.eye(len(theta), dtype=theta.dtype)
    theta -= lr * torch.linalg.solve(fisher + damping * eye, gradient)
    return theta
