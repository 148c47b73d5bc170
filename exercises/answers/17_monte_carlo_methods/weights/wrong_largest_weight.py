"""One over the largest normalised weight."""
# fails: two_weights_by_hand, worth_of_weights


def weight_ess(log_w):
    return 1 / torch.softmax(log_w, dim=0).max()
