"""A row in which nothing is allowed gets equal weights."""
# fails: nothing_allowed

whole = masked_softmax


def masked_softmax(scores, mask=None):
    if mask is None:
        return whole(scores)
    return whole(scores, mask | ~mask.any(dim=-1, keepdim=True))
