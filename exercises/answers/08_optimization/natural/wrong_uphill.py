"""The gradient added."""
# fails: step_by_eigenvectors


def natural_step(theta, gradient, fisher, lr, damping=0.0):
    eye = torch.eye(len(theta), dtype=theta.dtype)
    return theta + lr * torch.linalg.solve(fisher + damping * eye, gradient)
