"""The exponent to one digit only."""
# fails: law_without_noise, law_with_noise


def fit_power_law(N, L):
    def rest(alpha):
        A = torch.stack([torch.ones_like(N), N**-alpha], dim=1)
        return float((A @ torch.linalg.lstsq(A, L[:, None]).solution - L[:, None]).square().sum())

    alpha = min((k / 10 for k in range(1, 16)), key=rest)
    A = torch.stack([torch.ones_like(N), N**-alpha], dim=1)
    E, factor = torch.linalg.lstsq(A, L[:, None]).solution[:, 0].tolist()
    return E, factor, alpha
