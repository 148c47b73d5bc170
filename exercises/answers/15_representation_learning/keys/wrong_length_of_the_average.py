"""The length of the average."""
# fails: average_by_hand, half_lives_of_other_momenta


def half_life(momentum):
    return 1 / (1 - momentum)
