"""Exponentials of the log-weights as they are."""
# fails: estimates_and_errors

def estimate(log_weights):
    w = torch.exp(log_weights)
    return w.mean().log(), w.std() / math.sqrt(len(w)) / w.mean()
