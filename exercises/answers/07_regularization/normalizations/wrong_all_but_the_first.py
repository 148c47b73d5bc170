"""Layer normalization over all axes but the first."""
# fails: layers_as_torch_does


def layer_normalize(x, gamma, beta, eps=1e-5):
    return gamma * normalize(x, list(range(1, x.ndim)), eps) + beta
