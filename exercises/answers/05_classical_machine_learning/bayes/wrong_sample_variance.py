"""Divided by one less than the number of examples."""
# fails: fit_by_hand, moments_of_the_classes, constant_feature


def fit_bayes(X, y, classes, floor):
    groups = [X[y == c] for c in range(classes)]
    shares = torch.tensor([len(g) / len(y) for g in groups], dtype=X.dtype)
    var = torch.stack([g.var(dim=0) for g in groups])
    return shares.log(), torch.stack([g.mean(dim=0) for g in groups]), var.clamp(min=floor)
