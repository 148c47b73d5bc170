"""Sums over the rows."""
# fails: direction_after_one_step, direction_after_three_steps

def contrastive_divergence(v, W, b, c, k, generator):
    return tuple(len(v) * part for part in persistent_divergence(v, v, W, b, c, k, generator)[0])
