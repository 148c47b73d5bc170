"""The logarithm without its half."""
# fails: one_mistake_of_four, half_of_the_weight_is_wrong


def adaboost_round(weights, y, h):
    error = weights[y != h].sum()
    if not 0 < error < 0.5:
        raise ValueError("not a weak learner")
    alpha = ((1 - error) / error).log()
    new = weights * (-alpha * y * h).exp()
    return alpha, new / new.sum()
