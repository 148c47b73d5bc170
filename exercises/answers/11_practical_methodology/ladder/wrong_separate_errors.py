"""Two separate standard errors are added up."""
# fails: gains_of_every_rung

plain = ladder


def ladder(rungs, X, y, train, test):
    rows, best = [], None
    for name, accuracy, balanced, gain, error in plain(rungs, X, y, train, test):
        if best is not None:
            error = math.sqrt((accuracy * (1 - accuracy) + best * (1 - best)) / len(test))
        rows.append((name, accuracy, balanced, gain, error))
        best = accuracy if best is None else max(best, accuracy)
    return rows
