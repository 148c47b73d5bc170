"""The residuals of unshrunken stumps."""
# fails: residuals_shrink


def boost(x, y, rounds, nu):
    start, stumps = y.mean(), []
    prediction = start.expand_as(y)
    for _ in range(rounds):
        stumps.append(fit_stump(x, y - prediction))
        prediction = prediction + stump_values(x, stumps[-1])
    return start, stumps
