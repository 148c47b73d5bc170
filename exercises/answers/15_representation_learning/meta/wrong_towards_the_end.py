"""The way from the start to the end."""
# fails: ways_back

plain = reptile_gradient


def reptile_gradient(loss, theta, tasks, rate, steps):
    return -plain(loss, theta, tasks, rate, steps)
