"""The units are drawn from torch's own generator."""
# fails: one_step_of_many_chains, direction_after_one_step, chains_that_go_on


def gibbs(v, W, b, c, generator):
    h = torch.bernoulli(torch.sigmoid(v @ W + c))
    return torch.bernoulli(torch.sigmoid(h @ W.T + b))
