"""Goes on after a midpoint that is the root."""
# fails: number_of_midpoints


def bisect(f, a, b, tol=1e-12):
    if f(a) * f(b) > 0:
        raise ValueError
    midpoints, at_a = [], f(a)
    while b - a > tol:
        midpoints.append((a + b) / 2)
        at_c = f(midpoints[-1])
        a, b, at_a = (a, midpoints[-1], at_a) if at_a * at_c <= 0 else (midpoints[-1], b, at_c)
    return midpoints
