"""The softmax first, its logarithm afterwards."""
# fails: logarithm_far_below, wide_and_low_rows, gradients


def log_softmax(x, dim=-1):
    return softmax(x, dim).log()
