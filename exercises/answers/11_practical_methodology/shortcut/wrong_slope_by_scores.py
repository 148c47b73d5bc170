"""The slope by the scores, without the factor z."""
# fails: penalty_of_environments, penalty_has_a_gradient


def irm_penalty(z, y, environment):
    slopes = torch.sigmoid(z) - y
    return torch.stack([slopes[environment == e].mean() ** 2 for e in environment.unique()]).sum()
