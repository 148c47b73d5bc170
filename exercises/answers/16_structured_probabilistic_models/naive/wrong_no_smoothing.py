"""Plain shares."""
# fails: counts_of_the_example, counts_of_sklearn


def fit_naive_bayes(X, y, classes, pseudo=1.0):
    member = (y[:, None] == torch.arange(classes)).double()
    return member.mean(dim=0), (member.T @ X.double()) / member.sum(dim=0)[:, None]
