"""Only the diagonal of the Fisher matrix, as an adaptive rule would."""
# fails: step_by_eigenvectors, invariance_under_linear_maps


def natural_step(theta, gradient, fisher, lr, damping=0.0):
    return theta - lr * gradient / (fisher.diagonal() + damping)
