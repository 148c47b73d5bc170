"""Only where the first sample has more."""
# fails: epsilon_bin_by_bin


def empirical_epsilon(a, b, edges, least):
    bins = [torch.bincount(torch.bucketize(x, edges, right=True), minlength=len(edges) + 1) for x in (a, b)]
    p, q = bins[0] / len(a), bins[1] / len(b)
    kept = torch.minimum(*bins) >= least
    return max((p[kept] / q[kept]).log().tolist(), default=0.0)
