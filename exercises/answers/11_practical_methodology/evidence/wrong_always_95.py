"""1.96 whatever the confidence."""
# fails: other_confidences

plain = wilson


def wilson(hits, n, confidence=0.95):
    return plain(hits, n)
