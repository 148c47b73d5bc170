"""Unknown kinds change nothing."""
# fails: kinds_and_generators

plain = corrupt


def corrupt(X, kind, strength, generator):
    return plain(X, kind, strength, generator) if kind in ("gaussian", "masking", "salt and pepper") else X
