"""The half-life of the example, whatever the momentum is."""
# fails: half_lives_of_other_momenta


def half_life(momentum):
    return math.log(0.5) / math.log(0.99)
