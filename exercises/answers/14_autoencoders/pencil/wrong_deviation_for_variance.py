"""Standard deviations where variances belong."""
# fails: divergence_by_hand, bound_and_gap

pencil = {**pencil, "kl": (4 + 0.5 - 1 + 1 + 3 - 1 - math.log(1.5)) / 2, "elbo": [-1.981439, -1.606557, 0.374881]}
