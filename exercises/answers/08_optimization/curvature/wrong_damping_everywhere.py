"""The damping added to every entry."""
# fails: damped_step


def newton_step(gradient, hessian, damping=0.0):
    return -torch.linalg.solve(hessian + damping, gradient)
