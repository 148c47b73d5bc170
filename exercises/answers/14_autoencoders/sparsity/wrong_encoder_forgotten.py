"""Only the decoder is scaled."""
# fails: same_function_with_unit_columns


def unit_columns(W_e, b_e, W_d):
    return W_e, b_e, torch.nn.functional.normalize(W_d, dim=0)
