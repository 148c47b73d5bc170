"""The classes are smoothed as well."""
# fails: counts_of_the_example, counts_of_sklearn

shares_as_they_are = fit_naive_bayes


def fit_naive_bayes(X, y, classes, pseudo=1.0):
    prior, on = shares_as_they_are(X, y, classes, pseudo)
    return (prior * len(y) + pseudo) / (len(y) + classes * pseudo), on
