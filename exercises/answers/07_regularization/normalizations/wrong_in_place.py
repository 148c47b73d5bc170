"""The input centred in place."""
# fails: inputs_kept


def normalize(x, dims, eps=1e-5, normalize=normalize):
    result = normalize(x, dims, eps)
    if x.dtype == torch.float32:
        x.copy_(result)
    return result
