"""The size of the outputs in place of derivatives."""
# fails: influences_in_closed_form


def influence(f, X):
    return f(X).norm(dim=1)[:, None] * torch.ones(len(X), len(X), dtype=X.dtype)
