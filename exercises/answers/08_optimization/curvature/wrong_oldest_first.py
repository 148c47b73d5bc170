"""Both loops the other way round, as if the newest pair stood first."""
# fails: recursion_of_scipy


def two_loop(gradient, pairs):
    q, factors = gradient.clone(), []
    for s, y in pairs:
        factors.append(s @ q / (y @ s))
        q = q - factors[-1] * y
    if pairs:
        s, y = pairs[-1]
        q = q * (s @ y) / (y @ y)
    for s, y in reversed(pairs):
        q = q + (factors.pop() - y @ q / (y @ s)) * s
    return q
