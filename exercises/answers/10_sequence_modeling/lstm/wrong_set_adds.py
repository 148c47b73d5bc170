"""A second set adds to what the latch holds."""
# fails: arguments_of_the_gates, latch_over_many_steps

whole = latch


def latch():
    W, b = whole()
    W[0, 1] = 0
    return W, b
