"""The chains' sum is divided by the number of examples."""
# fails: chains_of_their_own

def persistent_divergence(v, chains, W, b, c, k, generator):
    x = chains
    for _ in range(k):
        x = gibbs(x, W, b, c, generator)
    on, off = torch.sigmoid(v @ W + c), torch.sigmoid(x @ W + c)
    by_W = (v.T @ on - x.T @ off) / len(v)
    return (by_W, v.mean(dim=0) - x.sum(dim=0) / len(v), on.mean(dim=0) - off.sum(dim=0) / len(v)), x
