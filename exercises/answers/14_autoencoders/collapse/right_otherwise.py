"""Living units first; loops; conditions."""


def linear_beta_vae(eigenvalues, sigma2, beta):
    alive = eigenvalues > beta * sigma2
    squared = torch.where(alive, eigenvalues - beta * sigma2, 0.0)
    return squared, torch.where(alive, 0.5 * torch.log(eigenvalues / sigma2 / beta), 0.0)


def collapsed(mu, logvar, least=0.01):
    v = torch.exp(logvar)
    mean = (mu.square() + v - v.log() - 1).sum(0) / (2 * len(mu))
    return ~(mean >= least)


def free_bits(kl, floor):
    total = torch.zeros((), dtype=kl.dtype)
    for unit in kl.mean(0):
        total = total + (unit if unit > floor else floor)
    return total


def warm_up(step, steps):
    return step / steps if step < steps else 1.0
