"""On average the training examples are earlier."""
# fails: leaks_of_five_examples, leaks_one_at_a_time

plain_leaks = find_leaks


def find_leaks(X, groups, times, train, test):
    found = [w for w in plain_leaks(X, groups, times, train, test) if w != "future"]
    return found + ["future"] * bool(times[train].double().mean() >= times[test].double().mean())
