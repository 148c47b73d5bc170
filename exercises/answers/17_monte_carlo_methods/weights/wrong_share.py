"""The effective size as a share of n."""
# fails: two_weights_by_hand, worth_of_weights

right_size = weight_ess


def weight_ess(log_w):
    return right_size(log_w) / len(log_w)
