"""The mask after the softmax: the weights don't sum to 1."""
# fails: dot_attention_of_torch, future_is_not_seen, large_scores, nothing_allowed, softmax_of_torch, weights_of_the_example

whole = masked_softmax


def masked_softmax(scores, mask=None):
    return whole(scores) if mask is None else whole(scores) * mask
