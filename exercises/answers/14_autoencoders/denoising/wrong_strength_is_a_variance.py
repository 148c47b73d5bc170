"""The strength is taken for a variance."""
# fails: moments_of_gaussian_noise, loss_to_the_clean_example, gaussian_least_squares, score_of_a_mixture

plain = corrupt
noisy_moments = linear_denoiser


def corrupt(X, kind, strength, generator):
    return plain(X, kind, math.sqrt(strength) if kind == "gaussian" else strength, generator)


def linear_denoiser(X, kind, strength):
    return noisy_moments(X, kind, math.sqrt(strength) if kind == "gaussian" else strength)


def score_from_denoiser(reconstruct, X, sigma):
    return (reconstruct(X) - X) / sigma
