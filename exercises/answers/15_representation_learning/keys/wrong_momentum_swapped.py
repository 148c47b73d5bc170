"""Momentum weighs the source."""
# fails: average_by_hand, averages_after_steps

plain = ema_update


def ema_update(target, source, momentum):
    return plain(target, source, 1 - momentum)
