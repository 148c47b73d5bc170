"""The curvature at 0, wherever the means are."""
# fails: curvatures_by_autograd

def curvature(J, m):
    return J - torch.eye(len(m), dtype=J.dtype)
