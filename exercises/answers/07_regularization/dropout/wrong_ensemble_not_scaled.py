"""The masked activations are not scaled."""
# fails: four_masks, variance_of_a_linear_unit, geometric_mean_of_softmaxes


def ensemble_mean(f, h, p, ensemble_mean=ensemble_mean):
    return ensemble_mean(lambda h: f(h * (1 - p)), h, p)
