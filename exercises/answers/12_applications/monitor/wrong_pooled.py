"""The rate of all groups for each of them."""
# fails: rates_of_two_groups, intervals_of_binomials

_report = audit


def audit(groups, y, guess, draws, generator):
    [(n, rates)] = _report(["all"] * len(groups), y, guess, draws, generator).values()
    return {group: (n, rates) for group in groups}
