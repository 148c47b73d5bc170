"""Only the positive root of x."""
# fails: both_branches

def square_log_prob(x):
    return -x / 2 - x.log() / 2 - math.log(2) - math.log(2 * math.pi) / 2
