"""Units are rounded instead of drawn."""
# fails: one_step_of_many_chains, direction_after_one_step, direction_after_three_steps, chains_of_their_own, chains_that_go_on

def gibbs(v, W, b, c, generator):
    h = (torch.sigmoid(v @ W + c) > 0.5).to(v.dtype)
    return (torch.sigmoid(h @ W.T + b) > 0.5).to(v.dtype)
