"""The sides of square weights are exchanged on the way back."""
# fails: one_step_of_many_chains

def gibbs(v, W, b, c, generator):
    h = torch.bernoulli(torch.sigmoid(v @ W + c), generator=generator)
    return torch.bernoulli(torch.sigmoid(h @ (W if W.shape[0] == W.shape[1] else W.T) + b), generator=generator)
