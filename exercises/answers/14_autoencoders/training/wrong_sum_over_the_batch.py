"""A sum over the batch."""
# fails: step_along_the_gradient, bound_on_new_data

plain = vae_step


def vae_step(weights, X, noise, sigma2, rate):
    return plain(weights, X, noise, sigma2, rate * len(X))
