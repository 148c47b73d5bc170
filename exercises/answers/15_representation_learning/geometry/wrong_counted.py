"""The number of singular values that are not 0."""
# fails: ranks_of_scipy


def effective_rank(Z):
    return torch.linalg.matrix_rank(Z - Z.mean(dim=0)).to(Z.dtype)
