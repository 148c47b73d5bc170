"""Equal rows count wherever they are."""
# fails: leaks_of_five_examples, leaks_one_at_a_time

plain_leaks = find_leaks


def find_leaks(X, groups, times, train, test):
    found = plain_leaks(X, groups, times, train, test)
    same = len(X.unique(dim=0)) < len(X)
    return [w for w in ("overlap", "duplicate", "group", "future") if (same if w == "duplicate" else w in found)]
