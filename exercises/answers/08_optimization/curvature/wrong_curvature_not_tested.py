"""An update without positive curvature."""
# fails: updates_left_out


def bfgs_update(H, s, y):
    V = torch.eye(len(s), dtype=s.dtype) - torch.outer(s, y) / (y @ s)
    return V @ H @ V.T + torch.outer(s, s) / (y @ s)
