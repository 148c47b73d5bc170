"""The exponentials are summed as they are."""
# fails: logsumexp_far_out


def logsumexp(a):
    e = torch.exp(a)
    return e.sum(dim=1).log(), lambda g: (g[:, None] * e / e.sum(dim=1, keepdim=True),)
