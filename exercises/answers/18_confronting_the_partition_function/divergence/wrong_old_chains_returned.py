"""The chains are returned as they were."""
# fails: chains_that_go_on

def persistent_divergence(v, chains, W, b, c, k, generator):
    x = chains
    for _ in range(k):
        x = gibbs(x, W, b, c, generator)
    on, off = torch.sigmoid(v @ W + c), torch.sigmoid(x @ W + c)
    by_W = v.T @ on / len(v) - x.T @ off / len(x)
    return (by_W, v.mean(dim=0) - x.mean(dim=0), on.mean(dim=0) - off.mean(dim=0)), chains
