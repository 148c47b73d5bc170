"""The persistent chains are started at the data each time."""
# fails: directions_have_their_shapes, chains_of_their_own, chains_that_go_on

def persistent_divergence(v, chains, W, b, c, k, generator):
    x = v
    for _ in range(k):
        x = gibbs(x, W, b, c, generator)
    on, off = torch.sigmoid(v @ W + c), torch.sigmoid(x @ W + c)
    return ((v.T @ on - x.T @ off) / len(v), (v - x).mean(dim=0), (on - off).mean(dim=0)), x
