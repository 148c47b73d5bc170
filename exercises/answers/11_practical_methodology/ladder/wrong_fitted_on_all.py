"""Fitted on training and test rows."""
# fails: same_scaling_for_all, gains_of_every_rung

plain = ladder


def ladder(rungs, X, y, train, test):
    scaled = (X - X[train].mean(0)) / X[train].std(0, correction=0)

    def greedy(fit):
        return lambda rows, labels: fit(scaled, y)

    return plain([(name, greedy(fit)) for name, fit in rungs], X, y, train, test)
