"""Epsilon is added to the standard deviation."""
# fails: layer_norm_of_torch


def layer_norm(X, eps=1e-5):
    return (X - X.mean(dim=-1, keepdim=True)) / (X.std(dim=-1, keepdim=True, correction=0) + eps)
