"""Groups with fewer than ten positives left out."""
# fails: rates_of_two_groups, no_group_left_out, intervals_of_binomials

_report = audit


def audit(groups, y, guess, draws, generator):
    return {group: found for group, found in _report(groups, y, guess, draws, generator).items() if found[0] >= 10}
