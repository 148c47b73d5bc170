"""The threshold changes its argument."""
# fails: inputs_kept


def soft_threshold(v, tau):
    result = v.sign() * (v.abs() - tau).clamp(min=0)
    v.copy_(result)
    return result
