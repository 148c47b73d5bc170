"""Twenty steps."""
# fails: bound_on_new_data


def train_vae(X, k, sigma2, generator):
    draw = lambda *shape: torch.randn(shape, generator=generator, dtype=X.dtype)
    d = X.shape[1]
    weights = {"encoder": 0.1 * draw(k, d), "logvar": torch.zeros(k, dtype=X.dtype), "decoder": 0.1 * draw(d, k)}
    for _ in range(20):
        weights = vae_step(weights, X, draw(len(X), k), sigma2, 0.01)
    return weights
