"""Computed in Python's own floats, whatever the dtype."""
# fails: epsilon_of_every_dtype


def machine_epsilon(dtype):
    epsilon = 1.0
    while 1.0 + epsilon / 2 > 1.0:
        epsilon /= 2
    return epsilon
