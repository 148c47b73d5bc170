"""The schedule grows on."""
# fails: weights_of_a_schedule


def warm_up(step, steps):
    return step / steps
