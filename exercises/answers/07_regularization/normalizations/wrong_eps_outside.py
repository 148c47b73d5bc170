"""eps added to the root."""
# fails: normalized_over_any_axes, layers_as_torch_does, no_company_needed, groups_as_torch_does, the_two_extremes


def normalize(x, dims, eps=1e-5):
    return (x - x.mean(dim=dims, keepdim=True)) / (x.var(dim=dims, correction=0, keepdim=True).sqrt() + eps)
