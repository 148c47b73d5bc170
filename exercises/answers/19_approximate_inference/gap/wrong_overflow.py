"""Exponentials as they are written."""
# fails: weights_of_any_size

def importance_bound(log_w, K):
    return log_w.exp().reshape(-1, K, log_w.shape[1]).mean(dim=1).log().mean(dim=0)
