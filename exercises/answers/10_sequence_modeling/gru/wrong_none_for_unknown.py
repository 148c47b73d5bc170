"""An unknown kind has no parameters, and no error."""
# fails: counts_of_torch

whole = parameters


def parameters(kind, d, h, bidirectional=False):
    return whole(kind, d, h, bidirectional) if kind in ("rnn", "gru", "lstm") else 0
