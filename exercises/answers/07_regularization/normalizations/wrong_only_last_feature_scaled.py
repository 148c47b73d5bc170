"""One number of gamma and beta for all features."""
# fails: layers_as_torch_does, no_company_needed


def layer_normalize(x, gamma, beta, eps=1e-5, layer_normalize=layer_normalize):
    one, zero = torch.ones_like(gamma), torch.zeros_like(beta)
    return gamma.flatten()[0] * layer_normalize(x, one, zero, eps) + beta.flatten()[0]
