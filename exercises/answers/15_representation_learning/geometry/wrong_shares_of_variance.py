"""Shares of the squared singular values."""
# fails: ranks_of_scipy


def effective_rank(Z):
    variances = torch.linalg.svdvals(Z - Z.mean(dim=0)) ** 2
    return torch.special.entr(variances / variances.sum()).sum().exp()
