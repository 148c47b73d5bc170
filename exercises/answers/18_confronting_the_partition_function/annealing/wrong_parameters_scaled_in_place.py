"""The parameters are scaled in place."""
# fails: large_biases, nothing_changed_and_repeatable, annealing_in_one_step, eleven_temperatures, many_temperatures, weights_of_uniform_states, race_at_equal_cost

def ais_log_weights(W, b, c, betas, chains, generator):
    full, log_w = (W.clone(), b.clone(), c.clone()), torch.full((chains,), (len(b) + len(c)) * math.log(2), dtype=W.dtype)
    v = torch.bernoulli(torch.full((chains, len(b)), 0.5, dtype=W.dtype), generator=generator)
    for beta in betas[1:]:
        log_w = log_w - v @ b - torch.nn.functional.softplus(v @ W + c).sum(dim=1)
        for t, whole in zip((W, b, c), full):
            t.copy_(0.9 * beta * whole)
        log_w = log_w + v @ b + torch.nn.functional.softplus(v @ W + c).sum(dim=1)
        v = torch.bernoulli(torch.sigmoid(torch.bernoulli(torch.sigmoid(v @ W + c), generator=generator) @ W.T + b), generator=generator)
    return log_w
