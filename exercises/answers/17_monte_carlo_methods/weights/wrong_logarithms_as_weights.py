"""log_w is taken for w."""
# fails: two_weights_by_hand, rare_event, plain_estimates, tails_of_the_normal


def importance(f, log_w):
    values = f * log_w
    return values.mean(), values.std() / math.sqrt(len(values))
