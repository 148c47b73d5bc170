"""Heads by a reshape that mixes positions."""
# fails: equivariance, heads_of_torch, masked_heads


def multi_head(X, W_q, W_k, W_v, W_o, heads, mask=None):
    n, T, d = X.shape
    Q, K, V = ((X @ W.T).reshape(n, heads, T, d // heads) for W in (W_q, W_k, W_v))
    scores = Q @ K.transpose(2, 3) / math.sqrt(d // heads)
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    return (torch.softmax(scores, dim=3) @ V).reshape(n, T, d) @ W_o.T
