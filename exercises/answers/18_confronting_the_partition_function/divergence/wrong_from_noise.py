"""The chains start at noise, not at the data."""
# fails: direction_after_one_step, direction_after_three_steps

def contrastive_divergence(v, W, b, c, k, generator):
    noise = torch.bernoulli(torch.full_like(v, 0.5), generator=generator)
    return persistent_divergence(v, noise, W, b, c, k, generator)[0]
