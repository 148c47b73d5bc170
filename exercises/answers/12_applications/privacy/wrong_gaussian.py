"""Gaussian noise of the same standard deviation."""
# fails: noise_of_the_right_kind


def private_counts(counts, epsilon, generator):
    noise = torch.randn(counts.shape, generator=generator, dtype=torch.float64)
    return counts + math.sqrt(2) * len(counts) / epsilon * noise
