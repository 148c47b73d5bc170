"""The noise is added in place."""
# fails: rows_stay_as_they_are

def denoising_loss(x, noise, sigma, *theta):
    x += sigma * noise
    psi = model_score(x, *theta)
    return ((psi + noise / sigma) ** 2).sum(dim=1).mean() / 2
