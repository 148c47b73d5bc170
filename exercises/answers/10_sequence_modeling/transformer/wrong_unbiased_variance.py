"""The variance of a sample."""
# fails: layer_norm_of_torch, rows_by_themselves


def layer_norm(X, eps=1e-5):
    return (X - X.mean(dim=-1, keepdim=True)) / torch.sqrt(X.var(dim=-1, keepdim=True) + eps)
