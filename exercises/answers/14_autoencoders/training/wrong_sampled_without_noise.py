"""The code is its mean."""
# fails: step_by_hand, step_along_the_gradient, bound_on_new_data

plain = vae_step


def vae_step(weights, X, noise, sigma2, rate):
    return plain(weights, X, 0 * noise, sigma2, rate)
