"""The newest pair first in both loops."""
# fails: recursion_of_scipy


def two_loop(gradient, pairs):
    q, factors = gradient.clone(), []
    for s, y in reversed(pairs):
        factors.append(s @ q / (y @ s))
        q = q - factors[-1] * y
    if pairs:
        s, y = pairs[-1]
        q = q * (s @ y) / (y @ y)
    for (s, y), a in zip(reversed(pairs), factors):
        q = q + (a - y @ q / (y @ s)) * s
    return q
