"""The scale of all features in every head."""
# fails: heads_of_torch, masked_heads

whole = multi_head


def multi_head(X, W_q, W_k, W_v, W_o, heads, mask=None):
    return whole(X, W_q / math.sqrt(heads), W_k, W_v, W_o, heads, mask)
