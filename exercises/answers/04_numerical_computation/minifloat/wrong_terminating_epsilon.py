"""The first epsilon that no longer changes 1."""
# fails: epsilon_of_doubles, epsilon_of_every_dtype


def machine_epsilon(dtype):
    one, epsilon = torch.ones((), dtype=dtype), torch.ones((), dtype=dtype)
    while one + epsilon != one:
        epsilon = epsilon / 2
    return epsilon.item()
