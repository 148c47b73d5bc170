"""The incoming gradient is forgotten in the vjp of the logsumexp."""
# fails: log_of_summed_exponentials

stable = logsumexp


def logsumexp(a):
    value, vjp = stable(a)
    return value, lambda g: vjp(torch.ones_like(g))
