"""Two thousand likelihoods multiplied: all products are 0."""
# fails: two_thousand_observations


def update(prior, likelihoods):
    p = prior * likelihoods.prod(dim=0)
    if p.sum() == 0:
        raise ValueError
    return p / p.sum()
