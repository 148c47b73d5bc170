"""Epsilon is ignored."""
# fails: explored_shares

_choose = choose


def choose(rule, wins, pulls, generator, epsilon=0.1):
    return _choose(rule, wins, pulls, generator, 0.0)
