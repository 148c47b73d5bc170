"""One slope for all environments together."""
# fails: penalty_of_environments, penalty_has_a_gradient


def irm_penalty(z, y, environment):
    return ((torch.sigmoid(z) - y) * z).mean() ** 2
