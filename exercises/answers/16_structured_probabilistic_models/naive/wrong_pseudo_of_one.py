"""Always one imagined example of each kind."""
# fails: counts_of_sklearn

counts_of_any_strength = fit_naive_bayes


def fit_naive_bayes(X, y, classes, pseudo=1.0):
    return counts_of_any_strength(X, y, classes)
