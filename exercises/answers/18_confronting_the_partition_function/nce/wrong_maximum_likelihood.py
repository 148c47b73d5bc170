"""Maximum likelihood, with the constant of the exact Z."""
# fails: fits_by_scipy, variance_falls_to_that_of_likelihood

def fit_gaussian(x, y, sigma):
    p = 1 / (x**2).mean(dim=-1)
    return p, torch.log(p / (2 * math.pi)) / 2
