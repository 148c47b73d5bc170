"""One draw, repeated."""
# fails: frequencies_of_draws

draws_of_many = sample


def sample(network, n, generator):
    return draws_of_many(network, 1, generator).repeat(n, 1)
