"""True is taken for forbidden, as in torch's layer."""
# fails: masked_heads

whole = multi_head


def multi_head(X, W_q, W_k, W_v, W_o, heads, mask=None):
    if mask is not None:
        mask = ~mask | torch.eye(len(mask), dtype=torch.bool)
    return whole(X, W_q, W_k, W_v, W_o, heads, mask)
