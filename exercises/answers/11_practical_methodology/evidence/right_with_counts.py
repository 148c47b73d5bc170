"""The distribution of the best by tails; the p-value from sign matrices of plus and minus one half."""


def sign_flip_test(a, b, repeats, generator):
    d = a - b
    flips = torch.rand(repeats, len(a), generator=generator).sub(0.5).sign()
    sums = torch.einsum("rn,n->r", flips.to(d.dtype), d).abs()
    return (int((sums > d.sum().abs() - 1e-6).sum()) + 1) / (repeats + 1)


def expected_best(n, m):
    pmf = torch.tensor([math.comb(n, k) for k in range(n + 1)], dtype=torch.float64) / 2.0**n
    cdf = pmf.cumsum(0).clamp(max=1) ** m
    best = torch.cat([cdf[:1], cdf.diff()])
    return (best * torch.arange(n + 1)).sum().item() / n
