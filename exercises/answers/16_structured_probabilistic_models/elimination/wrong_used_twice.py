"""Factors stay in the list after they were multiplied; the variable is summed out of what is left in the end."""
# fails: two_factors_by_hand, marginals_of_einsum, sizes_of_tables, chain_of_sixty


def eliminate(factors, order):
    factors, sizes = list(factors), []
    for name in order:
        joined = ((), torch.ones((), dtype=torch.float64))
        for f in [f for f in factors[-3:] if name in f[0]]:
            joined = multiply(joined, f)
        sizes.append(joined[1].numel())
        factors.append(sum_out(joined, name) if name in joined[0] else joined)
    return factors[-1], sizes
