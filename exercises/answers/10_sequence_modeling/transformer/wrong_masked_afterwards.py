"""The mask multiplies the weights."""
# fails: masked_heads

whole = multi_head


def multi_head(X, W_q, W_k, W_v, W_o, heads, mask=None):
    Q, K, V = ((X @ W.T).unflatten(2, (heads, -1)).transpose(1, 2) for W in (W_q, W_k, W_v))
    weights = torch.softmax(Q @ K.transpose(2, 3) / math.sqrt(Q.shape[3]), dim=3)
    weights = weights if mask is None else weights * mask
    return (weights @ V).transpose(1, 2).flatten(2) @ W_o.T
