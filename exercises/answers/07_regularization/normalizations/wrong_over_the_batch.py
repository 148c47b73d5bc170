"""Layer normalization over the batch."""
# fails: row_by_hand, layers_as_torch_does, no_company_needed


def layer_normalize(x, gamma, beta, eps=1e-5):
    return gamma * normalize(x, [0], eps) + beta
