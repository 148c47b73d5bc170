"""The vjp normalises over the rows instead of within them."""
# fails: log_of_summed_exponentials, logsumexp_far_out

whole = logsumexp


def logsumexp(a):
    value, _ = whole(a)
    e = torch.exp(a - a.max(dim=0).values)
    return value, lambda g: (g[:, None] * e / e.sum(dim=0),)
