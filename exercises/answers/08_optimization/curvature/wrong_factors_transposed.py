"""The factors on the other sides."""
# fails: updates_of_scipy


def bfgs_update(H, s, y):
    if y @ s <= 0:
        return H.clone()
    V = torch.eye(len(s), dtype=s.dtype) - torch.outer(s, y) / (y @ s)
    return V.T @ H @ V + torch.outer(s, s) / (y @ s)
