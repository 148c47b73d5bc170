"""The Hessian inverted."""
# fails: all


def newton_step(gradient, hessian, damping=0.0):
    return -torch.linalg.inv(hessian + damping * torch.eye(len(gradient), dtype=gradient.dtype)) @ gradient
