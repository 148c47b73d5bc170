"""The mean over components."""
# fails: noisy_losses_by_hand

def denoising_loss(x, noise, sigma, *theta):
    psi = model_score(x + sigma * noise, *theta)
    return ((psi + noise / sigma) ** 2).mean() / 2
