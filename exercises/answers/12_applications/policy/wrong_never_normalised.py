"""Weighted as ordinary."""
# fails: samples_weighted_differently

_estimates = off_policy


def off_policy(rewards, target, behaviour, kind, gamma=1.0):
    return _estimates(rewards, target, behaviour, "ordinary" if kind == "weighted" else kind, gamma)
