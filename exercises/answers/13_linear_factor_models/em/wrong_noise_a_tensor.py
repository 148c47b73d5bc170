"""The noise is a tensor."""
# fails: types_and_arguments

plain_step = ppca_em_step


def ppca_em_step(X, W, sigma2, mu):
    new, noise = plain_step(X, W, sigma2, mu)
    return new, torch.tensor(noise, dtype=W.dtype)
