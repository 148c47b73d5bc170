"""The length of the average."""
# fails: average_by_hand


def half_life(momentum):
    return 1 / (1 - momentum)
