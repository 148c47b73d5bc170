"""Draws from the global generator."""
# fails: certain_and_repeatable


def random_mirror(images, p, generator):
    chosen = torch.rand(len(images)) < p
    return torch.where(chosen[:, None, None, None], mirror(images), images)
