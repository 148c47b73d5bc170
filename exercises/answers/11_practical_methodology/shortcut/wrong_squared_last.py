"""Slopes of the environments are added up, then squared."""
# fails: penalty_of_environments, penalty_has_a_gradient


def irm_penalty(z, y, environment):
    slopes = (torch.sigmoid(z) - y) * z
    return torch.stack([slopes[environment == e].mean() for e in environment.unique()]).sum() ** 2
