"""What is left elsewhere is forgotten: the last factor made is the answer."""
# fails: marginals_of_einsum


def eliminate(factors, order):
    factors, sizes = list(factors), []
    for name in order:
        joined = ((), torch.ones((), dtype=torch.float64))
        for f in [f for f in factors if name in f[0]]:
            joined = multiply(joined, f)
        sizes.append(joined[1].numel())
        factors = [f for f in factors if name not in f[0]] + [sum_out(joined, name)]
    return factors[-1], sizes
