"""Beta in place of its square."""
# fails: averages_of_sklearn

plain = f_score


def f_score(C, average, beta=1.0):
    return plain(C, average, beta**0.5)
