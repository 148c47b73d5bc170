"""The sum over the variable that is asked for."""
# fails: weather_table, marginals


def marginal(joint, dim):
    return joint.sum(dim=dim)
