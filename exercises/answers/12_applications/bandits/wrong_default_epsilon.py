"""Games are played with the default epsilon, whatever is asked for."""
# fails: explored_shares

_play = play


def play(rule, probabilities, steps, generator, epsilon=0.1):
    return _play(rule, probabilities, steps, generator)
