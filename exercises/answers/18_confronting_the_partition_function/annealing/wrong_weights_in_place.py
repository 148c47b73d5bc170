"""The largest log-weight is subtracted in place."""
# fails: estimates_and_errors


def estimate(log_weights):
    top = log_weights.max().clone()
    log_weights -= top
    w = log_weights.exp()
    return w.mean().log() + top, w.std() / math.sqrt(len(w)) / w.mean()
