"""The gradient of the bound itself is subtracted."""
# fails: step_by_hand, step_raises_the_bound, step_along_the_gradient, bound_on_new_data

plain = vae_step


def vae_step(weights, X, noise, sigma2, rate):
    return plain(weights, X, noise, sigma2, -rate)
