"""Epsilon times the sensitivity for the scale."""
# fails: noise_of_the_right_size, one_count_alone


def private_counts(counts, epsilon, generator):
    u = torch.rand(counts.shape, generator=generator, dtype=torch.float64) - 0.5
    return counts - epsilon / len(counts) * u.sign() * torch.log1p(-2 * u.abs())
