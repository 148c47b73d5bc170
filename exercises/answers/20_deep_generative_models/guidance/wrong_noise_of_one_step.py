"""The noise of a single step."""
# fails: noise_and_score_of_a_mixture

def score_from_noise(noise, t, betas):
    return -noise / betas[t - 1, None].sqrt()
