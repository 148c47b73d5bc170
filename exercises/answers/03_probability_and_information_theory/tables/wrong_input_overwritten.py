"""The prior multiplied in place."""
# fails: dtype_and_inputs_kept


def update(prior, likelihoods):
    for row in likelihoods:
        prior *= row
        if prior.sum() == 0:
            raise ValueError
        prior /= prior.sum()
    return prior.clone()
