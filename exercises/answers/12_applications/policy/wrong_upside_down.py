"""Behaviour over target."""
# fails: expectations_by_enumeration, single_steps, samples_weighted_differently

_estimates = off_policy


def off_policy(rewards, target, behaviour, kind, gamma=1.0):
    return _estimates(rewards, behaviour, target, kind, gamma)
