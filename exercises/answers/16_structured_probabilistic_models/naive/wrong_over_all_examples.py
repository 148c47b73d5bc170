"""Counts of the class over the number of all examples."""
# fails: counts_of_the_example, counts_of_sklearn


def fit_naive_bayes(X, y, classes, pseudo=1.0):
    member = (y[:, None] == torch.arange(classes)).double()
    return member.mean(dim=0), (member.T @ X.double() + pseudo) / (len(y) + 2 * pseudo)
