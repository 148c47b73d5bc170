"""No look at the signs of the ends."""
# fails: no_change_of_sign


def bisect(f, a, b, tol=1e-12):
    midpoints, at_a = [], f(a)
    while b - a > tol:
        midpoints.append((a + b) / 2)
        at_c = f(midpoints[-1])
        if at_c == 0:
            break
        a, b, at_a = (a, midpoints[-1], at_a) if at_a * at_c <= 0 else (midpoints[-1], b, at_c)
    return midpoints
