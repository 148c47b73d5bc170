"""The noise is a tensor."""
# fails: types_and_arguments

plain_step = ppca_em_step


def ppca_em_step(X, W, mu, sigma2):
    new, noise = plain_step(X, W, mu, sigma2)
    return new, torch.tensor(noise, dtype=W.dtype)
