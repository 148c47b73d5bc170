"""q / p for p / q."""
# fails: two_weights_by_hand, rare_event, plain_estimates, tails_of_the_normal

right_way = importance


def importance(f, log_w):
    return right_way(f, -log_w)
