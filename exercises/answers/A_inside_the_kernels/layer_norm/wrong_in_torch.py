"""The library's layer norm."""
# fails: all


def layer_norm_rows(x, weight, bias, y, eps):
    y.copy_(torch.nn.functional.layer_norm(x.float(), x.shape[1:], weight, bias, eps))
