"""Equal times are no future."""
# fails: leaks_one_at_a_time

plain_leaks = find_leaks


def find_leaks(X, groups, times, train, test):
    found = [w for w in plain_leaks(X, groups, times, train, test) if w != "future"]
    return found + ["future"] * bool(times[train].max() > times[test].min())
