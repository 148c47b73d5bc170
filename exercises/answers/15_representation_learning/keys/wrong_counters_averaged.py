"""Counters are averaged like weights."""
# fails: counters_are_copied


def ema_update(target, source, momentum):
    return {name: momentum * w + (1 - momentum) * source[name] for name, w in target.items()}
