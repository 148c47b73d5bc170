"""Standard deviations where variances belong."""
# fails: divergence_by_hand, bound_and_gap

pencil = {**pencil, "kl": (1 + 0.5 - 1 + 0.25 + 2 - 1) / 2, "elbo": [-4.3197, -2.152012, 2.1677]}
