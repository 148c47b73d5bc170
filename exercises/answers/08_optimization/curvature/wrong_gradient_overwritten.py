"""The recursion works in the gradient itself."""
# fails: recursion_without_pairs


def two_loop(gradient, pairs):
    q, factors = gradient, []
    for s, y in reversed(pairs):
        factors.append(s @ q / (y @ s))
        q -= factors[-1] * y
    if pairs:
        s, y = pairs[-1]
        q *= (s @ y) / (y @ y)
    for s, y in pairs:
        q += (factors.pop() - y @ q / (y @ s)) * s
    return q
