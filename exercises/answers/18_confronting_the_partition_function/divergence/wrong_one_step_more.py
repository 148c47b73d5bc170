"""One step too many."""
# fails: direction_after_one_step, direction_after_three_steps

def contrastive_divergence(v, W, b, c, k, generator):
    return persistent_divergence(v, v, W, b, c, k + 1, generator)[0]
