"""Weights that do not sum to 1."""
# fails: fair_die, loaded_die, tilted_far, mean_is_met, entropy_is_largest, any_scale


def tilted(values, lam):
    return torch.exp(lam * (values - values.mean()))
