"""The slopes stand on the wrong side of the matrix."""
# fails: jacobian_by_autograd


def state_jacobian(H, W_hh):
    J = torch.eye(len(W_hh), dtype=W_hh.dtype)
    for h in H:
        J = W_hh * (1 - h**2) @ J
    return J
