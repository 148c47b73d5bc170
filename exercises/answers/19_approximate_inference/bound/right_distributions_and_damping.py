"""Other names of the same sums: entropies, and log-space for the products."""

def elbo(prior, likelihood, q):
    return (torch.special.entr(q) + torch.xlogy(q, prior[None] * likelihood)).sum(1)


def kl(q, p):
    return torch.stack([(a[a > 0] * (a[a > 0] / b[a > 0]).log()).sum() for a, b in zip(q, p)])


def forward_product(P):
    return torch.einsum("ij->i", P), torch.einsum("ij->j", P)
