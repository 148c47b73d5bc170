"""The weights without the density of the proposal."""
# fails: weights_of_uniform_states, machine_without_parameters_has_one_weight

def importance_log_weights(W, b, c, n, generator):
    v = torch.bernoulli(torch.full((n, len(b)), 0.5, dtype=W.dtype), generator=generator)
    return v @ b + torch.nn.functional.softplus(v @ W + c).sum(dim=1)
