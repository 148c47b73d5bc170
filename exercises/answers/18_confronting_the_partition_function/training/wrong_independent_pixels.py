"""A machine without weights: the baseline itself."""
# fails: digits_never_seen

def train_rbm(v, hidden, generator):
    b = torch.logit((v.sum(dim=0) + 1) / (len(v) + 2))
    return torch.zeros(v.shape[1], hidden, dtype=torch.float64), b, torch.zeros(hidden, dtype=torch.float64)
