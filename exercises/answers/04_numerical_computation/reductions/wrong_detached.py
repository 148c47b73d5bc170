"""The log-sum-exp taken out of the graph."""
# fails: gradients


def log_softmax(x, dim=-1):
    shifted = x - x.amax(dim=dim, keepdim=True)
    return shifted - log_sum_exp(shifted, dim, keepdim=True).detach()
