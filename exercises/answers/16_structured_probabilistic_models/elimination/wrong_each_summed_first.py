"""The variable is summed out of each factor before they are multiplied."""
# fails: two_factors_by_hand, marginals_of_einsum, sizes_of_tables, chain_of_sixty


def eliminate(factors, order):
    factors, sizes = list(factors), []
    for name in order:
        summed = ((), torch.ones((), dtype=torch.float64))
        for f in [f for f in factors if name in f[0]]:
            summed = multiply(summed, sum_out(f, name))
        sizes.append(summed[1].numel())
        factors = [f for f in factors if name not in f[0]] + [summed]
    found = factors[0]
    for f in factors[1:]:
        found = multiply(found, f)
    return found, sizes
