"""The mean is subtracted from the chain itself."""
# fails: sums_of_pairs


def effective_size(x):
    if len(x) < 4:
        raise ValueError(f"at least 4 draws are needed, got {len(x)}")
    pairs = autocorrelation(x, len(x) // 2 * 2 - 1).reshape(-1, 2).sum(dim=1)
    x -= x.mean()
    tau = 2 * (pairs * (pairs > 0).cumprod(dim=0)).sum() - 1
    return len(x) / tau.clamp(min=1 / math.log10(len(x)))
