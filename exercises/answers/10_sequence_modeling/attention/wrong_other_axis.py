"""Softmax along the queries."""
# fails: contexts_of_one_and_two_keys, dot_attention_of_torch, future_is_not_seen, large_scores, nothing_allowed, softmax_of_torch


def masked_softmax(scores, mask=None):
    if mask is not None:
        scores = scores.masked_fill(~mask, -1e30)
    dim = max(scores.ndim - 2, 0)
    e = torch.exp(scores - scores.amax(dim=dim, keepdim=True))
    return e / e.sum(dim=dim, keepdim=True)
