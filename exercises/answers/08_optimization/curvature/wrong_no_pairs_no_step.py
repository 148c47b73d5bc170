"""Without pairs nothing but an error."""
# fails: recursion_without_pairs


def two_loop(gradient, pairs):
    s, y = pairs[-1]
    q, factors = gradient.clone(), []
    for s, y in reversed(pairs):
        factors.append(s @ q / (y @ s))
        q -= factors[-1] * y
    s, y = pairs[-1]
    q *= (s @ y) / (y @ y)
    for s, y in pairs:
        q += (factors.pop() - y @ q / (y @ s)) * s
    return q
