"""The second-order term without its half."""
# fails: exponential_at_a_tenth, quadratic_is_exact


def quadratic_model(x, x0, value, slope, hessian):
    d = x - x0
    return value + d @ slope + d @ hessian @ d
