"""The exponential of the entropy of the weights."""
# fails: two_weights_by_hand, worth_of_weights


def weight_ess(log_w):
    w = torch.softmax(log_w, dim=0)
    return torch.exp(-torch.xlogy(w, w).sum())
