"""The Fisher matrix inverted."""
# fails: all


def natural_step(theta, gradient, fisher, lr, damping=0.0):
    eye = torch.eye(len(theta), dtype=theta.dtype)
    return theta - lr * torch.linalg.inv(fisher + damping * eye) @ gradient
