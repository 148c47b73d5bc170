"""Gradients by hand; the trained model from the eigenvectors, as probabilistic PCA has it."""


def vae_step(weights, X, noise, sigma2, rate):
    E, s, D = weights["encoder"], weights["logvar"], weights["decoder"]
    n = len(X)
    mu, spread = X @ E.T, torch.exp(s / 2)
    z = mu + spread * noise
    pull = (z @ D.T - X) / sigma2
    back = pull @ D
    by_E = (back + mu).T @ X / n
    by_s = (back * noise * spread).mean(0) / 2 + (s.exp() - 1) / 2
    return {"encoder": E - rate * by_E, "logvar": s - rate * by_s, "decoder": D - rate * pull.T @ z / n}


def train_vae(X, k, sigma2, generator):
    values, U = torch.linalg.eigh(X.T @ X / len(X))
    values, U = values[-k:].clamp(min=sigma2), U[:, -k:]
    gain = (values - sigma2).sqrt()
    return {"encoder": (gain / values)[:, None] * U.T, "logvar": (sigma2 / values).log(), "decoder": U * gain}
