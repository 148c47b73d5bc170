"""Whole Jacobians by torch.func, row by row."""

def score_of_row(row, theta):
    return -torch.func.grad(lambda r: energy(r[None], *theta)[0])(row)


def model_score(x, *theta):
    return torch.func.vmap(lambda row: score_of_row(row, theta))(x)


def implicit_loss(x, *theta):
    total = 0
    for row in x:
        J = torch.func.jacrev(lambda r: score_of_row(r, theta))(row)
        total = total + score_of_row(row, theta).square().sum() / 2 + torch.trace(J)
    return total / len(x)


def sliced_loss(x, directions, *theta):
    total = 0
    for row, v in zip(x, directions):
        psi, turned = torch.func.jvp(lambda r: score_of_row(r, theta), (row,), (v,))
        total = total + psi @ psi / 2 + v @ turned
    return total / len(x)


def denoising_loss(x, noise, sigma, *theta):
    noisy = x + sigma * noise
    target = (x - noisy) / sigma**2
    return (model_score(noisy, *theta) - target).square().sum() / (2 * len(x))
