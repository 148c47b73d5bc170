"""The squared weights, without the slopes."""
# fails: unit_at_zero, penalty_of_a_batch


def contractive_penalty(X, W, b):
    return (W**2).sum()
