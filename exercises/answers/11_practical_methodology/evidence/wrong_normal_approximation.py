"""One half and as many standard errors as the best of m normal variables has at the median."""
# fails: best_of_two, luckiest_of_scipy


def expected_best(n, m):
    z = torch.special.ndtri(torch.tensor(0.5 ** (1 / m), dtype=torch.float64)).item()
    return 0.5 + z * 0.5 / math.sqrt(n)
