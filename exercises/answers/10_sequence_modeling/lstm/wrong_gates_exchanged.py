"""Forget and input gate of the latch exchanged."""
# fails: arguments_of_the_gates, latch_over_many_steps, latch_remembers

whole = latch


def latch():
    W, b = whole()
    return W[[1, 0, 2, 3]], b[[1, 0, 2, 3]]
