"""The share of mistakes, each counted alike."""
# fails: half_of_the_weight_is_wrong


def adaboost_round(weights, y, h):
    error = (y != h).to(weights.dtype).mean()
    if not 0 < error < 0.5:
        raise ValueError("not a weak learner")
    alpha = ((1 - error) / error).log() / 2
    new = weights * (-alpha * y * h).exp()
    return alpha, new / new.sum()
