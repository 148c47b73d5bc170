"""The chains never move."""
# fails: eleven_temperatures, many_temperatures, race_at_equal_cost, large_biases

def ais_log_weights(W, b, c, betas, chains, generator):
    v = torch.bernoulli(torch.full((chains, len(b)), 0.5, dtype=W.dtype), generator=generator)
    return v @ b + torch.nn.functional.softplus(v @ W + c).sum(dim=1) + len(b) * math.log(2)
