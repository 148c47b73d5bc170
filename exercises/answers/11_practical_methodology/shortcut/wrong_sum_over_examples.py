"""Sums over the examples of an environment."""
# fails: penalty_of_environments, penalty_has_a_gradient


def irm_penalty(z, y, environment):
    slopes = (torch.sigmoid(z) - y) * z
    return torch.stack([slopes[environment == e].sum() ** 2 for e in environment.unique()]).sum()
