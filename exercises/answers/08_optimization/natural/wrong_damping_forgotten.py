"""No damping."""
# fails: step_by_eigenvectors


def natural_step(theta, gradient, fisher, lr, damping=0.0):
    return theta - lr * torch.linalg.solve(fisher, gradient)
