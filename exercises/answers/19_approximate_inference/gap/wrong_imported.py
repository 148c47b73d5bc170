"""The answer imported from the library."""
# fails: all

import dlcore.inference


def gaps(X, W, b, s, A, c, v):
    return dlcore.inference.amortization_gap(None, None, X)


def importance_bound(log_w, K):
    return dlcore.inference.iwae_bound(log_w, K)
