"""The weights given are moved."""
# fails: weights_given_stay

plain = vae_step


def vae_step(weights, X, noise, sigma2, rate):
    moved = plain(weights, X, noise, sigma2, rate)
    return {name: weights[name].copy_(moved[name]) for name in weights}
