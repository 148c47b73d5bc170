"""Step and change of the gradient exchanged: the approximation is of the Hessian itself."""
# fails: update_by_hand, updates_of_scipy


def bfgs_update(H, s, y):
    if y @ s <= 0:
        return H.clone()
    V = torch.eye(len(s), dtype=s.dtype) - torch.outer(y, s) / (y @ s)
    return V @ H @ V.T + torch.outer(y, y) / (y @ s)
