"""The layers change their places, the biases don't."""
# fails: probabilities_of_the_tiny_machine, wide_layers

def rbm_log_partition(W, b, c):
    small, large, M = (b, c, W) if len(b) <= len(c) else (c, b, W.T)
    states = every_state(len(small))
    inner = torch.nn.functional.softplus(states @ M).sum(dim=1)
    return torch.logsumexp(states @ small + inner, dim=0)
