"""The factor 2 is lost."""
# fails: linear_classifiers


def linear_form(P):
    return P, -(P**2).sum(dim=1)
