"""The root mean square with the mean taken away first."""
# fails: rms_as_torch_does


def rms_normalize(x, gamma, eps=1e-5):
    return gamma * normalize(x, [-1], eps)
