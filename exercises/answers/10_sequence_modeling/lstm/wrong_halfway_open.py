"""Gates of 1 and -1, which leak."""
# fails: arguments_of_the_gates, latch_over_many_steps, latch_remembers

whole = latch


def latch():
    W, b = whole()
    return W / 20, b / 20
