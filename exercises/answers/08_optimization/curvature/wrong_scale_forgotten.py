"""The recursion begun with the identity."""
# fails: update_by_hand, recursion_of_scipy


def two_loop(gradient, pairs):
    q, factors = gradient.clone(), []
    for s, y in reversed(pairs):
        factors.append(s @ q / (y @ s))
        q = q - factors[-1] * y
    for s, y in pairs:
        q = q + (factors.pop() - y @ q / (y @ s)) * s
    return q
