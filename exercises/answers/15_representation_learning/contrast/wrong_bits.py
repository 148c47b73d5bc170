"""The logarithm of the number in bits."""
# fails: bounds_of_two_critics, bounds_of_torch


def info_nce_bound(scores):
    return math.log2(len(scores)) + torch.log_softmax(scores, dim=1).diagonal().mean()
