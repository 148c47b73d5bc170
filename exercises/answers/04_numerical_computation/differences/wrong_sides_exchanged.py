"""Forward and backward exchanged."""
# fails: cube_at_one, sides


def forward_difference(f, x, h):
    return (f(x) - f(x - h)) / h


def backward_difference(f, x, h):
    return (f(x + h) - f(x)) / h
