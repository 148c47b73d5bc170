"""Squared cosines of half angles, whole divisions by floor, a while loop for the restarts."""


def step_decay(t, lr, gamma, s):
    for _ in range(math.floor(t / s)):
        lr *= gamma
    return lr


def exponential_decay(t, lr, lam):
    return lr / math.e ** (lam * t)


def cosine(t, high, low, T):
    if t >= T:
        return low
    c = math.cos(math.pi * t / (2 * T)) ** 2
    return c * high + (1 - c) * low


def warmup_cosine(t, high, low, warm, total):
    return (t + 1) * (high / warm) if t <= warm - 1 else cosine(t - warm, high, low, total - warm)


def restarts(t, high, low, T):
    while t >= T:
        t -= T
    return cosine(t, high, low, T)
