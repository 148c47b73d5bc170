"""Additive scores without a nonlinearity."""
# fails: additive_scores_by_loops


def additive_scores(S, H, W, U, v):
    return ((S @ W.T)[:, :, None] + (H @ U.T)[:, None]) @ v
