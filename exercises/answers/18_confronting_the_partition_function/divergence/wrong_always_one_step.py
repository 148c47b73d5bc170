"""One step, whatever k is."""
# fails: direction_after_three_steps

def contrastive_divergence(v, W, b, c, k, generator):
    return persistent_divergence(v, v, W, b, c, 1, generator)[0]
