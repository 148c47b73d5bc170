"""The formulas as they stand."""
# fails: thousand, logarithm_far_below, rows_far_apart, wide_and_low_rows, differences_of_large_logits, gradients


def log_sum_exp(x, dim=-1, keepdim=False):
    return x.exp().sum(dim=dim, keepdim=keepdim).log()


def softmax(x, dim=-1):
    return x.exp() / x.exp().sum(dim=dim, keepdim=True)


def log_softmax(x, dim=-1):
    return softmax(x, dim).log()
