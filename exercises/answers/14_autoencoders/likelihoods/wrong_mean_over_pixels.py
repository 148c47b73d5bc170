"""The mean over pixels."""
# fails: undecided_pixels, cross_entropies_of_torch, extreme_logits

plain = bernoulli_nll


def bernoulli_nll(logits, X):
    return plain(logits, X) / X.shape[1]
