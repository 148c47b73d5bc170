"""The scale from the oldest pair."""
# fails: recursion_of_scipy


def two_loop(gradient, pairs):
    q, factors = gradient.clone(), []
    for s, y in reversed(pairs):
        factors.append(s @ q / (y @ s))
        q = q - factors[-1] * y
    if pairs:
        s, y = pairs[0]
        q = q * (s @ y) / (y @ y)
    for s, y in pairs:
        q = q + (factors.pop() - y @ q / (y @ s)) * s
    return q
