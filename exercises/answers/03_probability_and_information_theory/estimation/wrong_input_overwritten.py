"""The data centred in place."""
# fails: dtype_and_inputs_kept


def gaussian_mle(x):
    mean = x.mean()
    return mean, x.sub_(mean).square().mean()
