"""The root of d is missing."""
# fails: dot_attention_of_torch, future_is_not_seen


def dot_attention(Q, K, V, mask=None):
    weights = masked_softmax(torch.einsum("nqd,nkd->nqk", Q, K), mask)
    return weights @ V, weights
