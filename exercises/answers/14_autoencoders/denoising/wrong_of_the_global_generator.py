"""The generator is ignored."""
# fails: kinds_and_generators

plain = corrupt


def corrupt(X, kind, strength, generator):
    return plain(X, kind, strength, None)
