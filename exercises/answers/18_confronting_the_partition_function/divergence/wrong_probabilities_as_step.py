"""The new visible units are probabilities."""
# fails: one_step_of_many_chains, direction_after_one_step, direction_after_three_steps, chains_of_their_own, chains_that_go_on

def gibbs(v, W, b, c, generator):
    h = torch.bernoulli(torch.sigmoid(v @ W + c), generator=generator)
    return torch.sigmoid(h @ W.T + b)
