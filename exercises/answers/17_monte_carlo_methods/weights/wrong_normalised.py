"""The plain estimate with normalised weights."""
# fails: two_weights_by_hand, rare_event, plain_estimates, tails_of_the_normal


def importance(f, log_w):
    return self_normalized(f, log_w)
