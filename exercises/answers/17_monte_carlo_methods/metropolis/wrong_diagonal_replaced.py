"""The proposal to stay is lost."""
# fails: matrices_in_balance


def mh_matrix(p, Q):
    moved = Q * acceptance(p, Q)
    return moved + torch.diag(1 - moved.sum(dim=1) - moved.diag())
