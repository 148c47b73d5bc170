"""A start at 0."""
# fails: one_round_by_hand, residuals_shrink, training_error_falls, no_round


def boost(x, y, rounds, nu):
    start, stumps = 0 * y.mean(), []
    prediction = start.expand_as(y)
    for _ in range(rounds):
        stumps.append(fit_stump(x, y - prediction))
        prediction = prediction + nu * stump_values(x, stumps[-1])
    return start, stumps
