"""Step and change of the gradient exchanged in both loops."""
# fails: update_by_hand, recursion_of_scipy


def two_loop(gradient, pairs):
    q, factors = gradient.clone(), []
    for s, y in reversed(pairs):
        factors.append(y @ q / (y @ s))
        q = q - factors[-1] * s
    if pairs:
        s, y = pairs[-1]
        q = q * (s @ y) / (y @ y)
    for s, y in pairs:
        q = q + (factors.pop() - s @ q / (y @ s)) * y
    return q
