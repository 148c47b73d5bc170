"""Divided by rate and steps."""
# fails: ways_back

plain = reptile_gradient


def reptile_gradient(loss, theta, tasks, rate, steps):
    return plain(loss, theta, tasks, rate, steps) / (rate * steps)
