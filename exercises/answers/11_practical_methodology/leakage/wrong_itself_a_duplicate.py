"""An example that is in both is its own duplicate."""
# fails: leaks_one_at_a_time

plain_leaks = find_leaks


def find_leaks(X, groups, times, train, test):
    found = plain_leaks(X, groups, times, train, test)
    if "overlap" in found and "duplicate" not in found:
        found.insert(1, "duplicate")
    return found
