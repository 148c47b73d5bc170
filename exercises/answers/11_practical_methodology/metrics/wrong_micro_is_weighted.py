"""Micro is the mean weighted by the classes."""
# fails: averages_of_the_example, averages_of_sklearn

plain = f_score


def f_score(C, average, beta=1.0):
    return plain(C, "weighted" if average == "micro" else average, beta)
