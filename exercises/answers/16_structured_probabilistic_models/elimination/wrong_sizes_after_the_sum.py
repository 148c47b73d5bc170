"""Entries are counted after the sum."""
# fails: two_factors_by_hand, sizes_of_tables, chain_of_sixty


def eliminate(factors, order):
    factors, sizes = list(factors), []
    for name in order:
        mine = [f for f in factors if name in f[0]]
        joined = mine[0]
        for f in mine[1:]:
            joined = multiply(joined, f)
        rest = sum_out(joined, name)
        sizes.append(rest[1].numel())
        factors = [f for f in factors if name not in f[0]] + [rest]
    found = factors[0]
    for f in factors[1:]:
        found = multiply(found, f)
    return found, sizes
