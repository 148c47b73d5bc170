"""The whole budget for each count."""
# fails: noise_of_the_right_size


def private_counts(counts, epsilon, generator):
    u = torch.rand(counts.shape, generator=generator, dtype=torch.float64) - 0.5
    return counts - 1 / epsilon * u.sign() * torch.log1p(-2 * u.abs())
