"""The central difference divided by h."""
# fails: cube_at_one, orders, sides


def central_difference(f, x, h):
    return (f(x + h) - f(x - h)) / h
