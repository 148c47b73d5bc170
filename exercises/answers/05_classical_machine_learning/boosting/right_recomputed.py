"""Predictions summed anew in each round, AdaBoost by its closed form."""


def boosted(x, start, stumps, nu):
    values = [torch.where(x <= t, left, right) for t, left, right in stumps]
    return start + nu * sum(values, torch.zeros_like(x))


def boost(x, y, rounds, nu):
    stumps = []
    for _ in range(rounds):
        stumps = [*stumps, fit_stump(x, y - boosted(x, y.mean(), stumps, nu))]
    return y.mean(), stumps


def adaboost_round(weights, y, h):
    wrong = y * h < 0
    error = torch.where(wrong, weights, 0).sum()
    if error <= 0 or error >= 0.5:
        raise ValueError("not a weak learner")
    return torch.atanh(1 - 2 * error), torch.where(wrong, weights / error, weights / (1 - error)) / 2
