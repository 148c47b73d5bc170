"""Every mask counted the same, as is right for p = 1/2 alone."""
# fails: variance_of_a_linear_unit, geometric_mean_of_softmaxes


def ensemble_mean(f, h, p):
    masks = list(itertools.product([0.0, 1.0], repeat=len(h)))
    return sum(f(like(h, m) * h / (1 - p)) for m in masks) / len(masks)
