"""The score at the clean row."""
# fails: noisy_row_by_hand, noisy_losses_by_hand

def denoising_loss(x, noise, sigma, *theta):
    psi = model_score(x, *theta)
    return ((psi + noise / sigma) ** 2).sum(dim=1).mean() / 2
