"""Probabilities are passed on for the hidden units."""
# fails: one_step_of_many_chains, direction_after_one_step, direction_after_three_steps, chains_of_their_own, chains_that_go_on

def gibbs(v, W, b, c, generator):
    return torch.bernoulli(torch.sigmoid(torch.sigmoid(v @ W + c) @ W.T + b), generator=generator)
