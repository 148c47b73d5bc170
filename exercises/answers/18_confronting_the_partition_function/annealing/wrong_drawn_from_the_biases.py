"""States are drawn with the biases' probabilities, but weighted as uniform ones."""
# fails: weights_of_uniform_states

def importance_log_weights(W, b, c, n, generator):
    v = torch.bernoulli(torch.sigmoid(b).expand(n, -1), generator=generator)
    return v @ b + torch.nn.functional.softplus(v @ W + c).sum(dim=1) + len(b) * math.log(2)
