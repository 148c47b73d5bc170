"""One equal feature makes a duplicate."""
# fails: leaks_one_at_a_time

plain_leaks = find_leaks


def find_leaks(X, groups, times, train, test):
    found = plain_leaks(X, groups, times, train, test)
    same = ((X[train][:, None] == X[test]).any(2) & (train[:, None] != test)).any()
    return [w for w in ("overlap", "duplicate", "group", "future") if (same if w == "duplicate" else w in found)]
