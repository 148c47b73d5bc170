"""The sum of the weights is taken for n."""
# fails: two_weights_by_hand, weights_known_but_for_a_constant


def self_normalized(f, log_w):
    return importance(f, log_w)[0], (log_w.exp() / len(f) * (f - importance(f, log_w)[0])).norm()
