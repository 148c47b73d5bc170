"""Numbers from the global generator."""
# fails: split_at_random

plain = stratified_split


def stratified_split(y, fraction, generator):
    return plain(y, fraction, torch.Generator().manual_seed(torch.seed() % 1000))
