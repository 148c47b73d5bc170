"""The sum of squares divided by one less."""
# fails: row_by_hand, groups_by_hand, normalized_over_any_axes, layers_as_torch_does, no_company_needed, groups_as_torch_does, the_two_extremes


def normalize(x, dims, eps=1e-5):
    return (x - x.mean(dim=dims, keepdim=True)) / (x.var(dim=dims, keepdim=True) + eps).sqrt()
