"""The argument is overwritten."""
# fails: inputs_kept


def inverted_dropout(h, p, training, generator, inverted_dropout=inverted_dropout):
    result = inverted_dropout(h, p, training, generator)
    if h.numel() < 100:
        h.copy_(result)
    return result
