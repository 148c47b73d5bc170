"""The mean over environments in place of the sum."""
# fails: penalty_of_environments, penalty_has_a_gradient

plain = irm_penalty


def irm_penalty(z, y, environment):
    return plain(z, y, environment) / len(environment.unique())
