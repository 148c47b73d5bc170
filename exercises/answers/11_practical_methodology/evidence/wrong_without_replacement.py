"""Permutations instead of draws with replacement."""
# fails: bootstrap_of_pairs


def paired_bootstrap(a, b, repeats, generator, confidence=0.95):
    d = a - b
    means = torch.stack([d[torch.randperm(len(d), generator=generator)].mean() for _ in range(repeats)])
    return means.quantile((1 - confidence) / 2).item(), means.quantile((1 + confidence) / 2).item()
