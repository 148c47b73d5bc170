"""The rows are centred in place."""
# fails: types_and_arguments

plain_step = ppca_em_step


def ppca_em_step(X, W, sigma2, mu):
    X -= mu
    return plain_step(X, W, sigma2, torch.zeros_like(mu))
