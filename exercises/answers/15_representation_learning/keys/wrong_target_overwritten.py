"""The target given is changed."""
# fails: averages_after_steps

plain = ema_update


def ema_update(target, source, momentum):
    new = plain(target, source, momentum)
    return {name: w.copy_(new[name]) for name, w in target.items()}
