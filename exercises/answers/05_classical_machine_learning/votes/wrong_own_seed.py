"""The same draw for every tree."""
# fails: randomness_from_the_generator


def bootstrap(n, generator):
    return torch.randint(n, (n,), generator=torch.Generator().manual_seed(0))
