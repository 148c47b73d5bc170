"""The left half kept whenever f is positive in the middle."""
# fails: bisection_of_falling_functions


def bisect(f, a, b, tol=1e-12):
    if f(a) * f(b) > 0:
        raise ValueError
    midpoints = []
    while b - a > tol:
        midpoints.append((a + b) / 2)
        at_c = f(midpoints[-1])
        if at_c == 0:
            break
        a, b = (a, midpoints[-1]) if at_c > 0 else (midpoints[-1], b)
    return midpoints
