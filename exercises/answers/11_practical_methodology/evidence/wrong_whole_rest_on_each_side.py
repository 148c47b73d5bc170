"""The whole rest on each side."""
# fails: bootstrap_of_pairs

plain = paired_bootstrap


def paired_bootstrap(a, b, repeats, generator, confidence=0.95):
    return plain(a, b, repeats, generator, 2 * confidence - 1) if confidence > 0.5 else plain(a, b, repeats, generator, 0.0)
