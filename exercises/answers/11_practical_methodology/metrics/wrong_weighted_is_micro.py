"""The weighted mean is the pooled one."""
# fails: averages_of_the_example, averages_of_sklearn, classes_without_examples

plain = f_score


def f_score(C, average, beta=1.0):
    return plain(C, "macro" if average == "macro" else "micro", beta)
