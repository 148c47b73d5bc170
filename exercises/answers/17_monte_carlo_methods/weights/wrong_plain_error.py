"""The standard error without the weights."""
# fails: two_weights_by_hand, weights_known_but_for_a_constant

with_weights = self_normalized


def self_normalized(f, log_w):
    return with_weights(f, log_w)[0], f.std() / math.sqrt(len(f))
