"""Mean and variance over the positions."""
# fails: layer_norm_of_torch, rows_by_themselves


def layer_norm(X, eps=1e-5):
    centred = X - X.mean(dim=-2, keepdim=True)
    return centred / torch.sqrt((centred**2).mean(dim=-2, keepdim=True) + eps)
