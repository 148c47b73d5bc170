"""The gain over the rung just before."""
# fails: gains_of_every_rung

plain = ladder


def ladder(rungs, X, y, train, test):
    pairs = [plain(rungs[max(0, i - 1) : i + 1], X, y, train, test)[-1] for i in range(len(rungs))]
    return pairs
