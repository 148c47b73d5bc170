"""New weights that do not add up to 1, and any learner taken."""
# fails: half_of_the_weight_is_wrong, no_weak_learner


def adaboost_round(weights, y, h):
    error = weights[y != h].sum()
    alpha = ((1 - error) / error).log() / 2
    return alpha, weights * (-alpha * y * h).exp()
