"""The uniform states come from torch's own generator."""
# fails: weights_of_uniform_states, race_at_equal_cost


def importance_log_weights(W, b, c, n, generator):
    v = torch.randint(2, (n, len(b))).to(W.dtype)
    return v @ b + torch.nn.functional.softplus(v @ W + c).sum(dim=1) + len(b) * math.log(2)
