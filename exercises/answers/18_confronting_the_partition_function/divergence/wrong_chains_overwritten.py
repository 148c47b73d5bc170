"""The chains that were given are overwritten."""
# fails: chains_that_go_on, direction_after_one_step, direction_after_three_steps

def persistent_divergence(v, chains, W, b, c, k, generator):
    for _ in range(k):
        chains.copy_(gibbs(chains, W, b, c, generator))
    on, off = torch.sigmoid(v @ W + c), torch.sigmoid(chains @ W + c)
    by_W = v.T @ on / len(v) - chains.T @ off / len(chains)
    return (by_W, v.mean(dim=0) - chains.mean(dim=0), on.mean(dim=0) - off.mean(dim=0)), chains.clone()
