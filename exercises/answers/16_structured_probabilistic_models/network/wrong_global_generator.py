"""The generator is ignored."""
# fails: draws_of_a_clinic

draws_of_the_generator = sample


def sample(network, n, generator):
    return draws_of_the_generator(network, n, None)
