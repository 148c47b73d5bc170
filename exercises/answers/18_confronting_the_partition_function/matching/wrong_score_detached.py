"""The score doesn't reach the parameters in noisy losses."""
# fails: noisy_losses_by_hand

def denoising_loss(x, noise, sigma, *theta):
    psi = model_score(x + sigma * noise, *theta).detach()
    return ((psi + noise / sigma) ** 2).sum(dim=1).mean() / 2 + 0 * sum(t.sum() for t in theta)
