"""What is inside of the interval is taken off."""


def soft_threshold(u, t):
    return u - u.clamp(-t, t)
