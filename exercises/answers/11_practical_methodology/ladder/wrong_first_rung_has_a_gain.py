"""The first rung gains its accuracy over nothing."""
# fails: gains_of_every_rung

plain = ladder


def ladder(rungs, X, y, train, test):
    rows = plain(rungs, X, y, train, test)
    return [(*rows[0][:3], rows[0][1], 0.0), *rows[1:]]
