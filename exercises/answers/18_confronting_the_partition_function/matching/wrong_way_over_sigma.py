"""The way back over sigma."""
# fails: noisy_row_by_hand, noisy_losses_by_hand

def denoising_loss(x, noise, sigma, *theta):
    psi = model_score(x + sigma * noise, *theta)
    return ((psi + noise) ** 2).sum(dim=1).mean() / 2
