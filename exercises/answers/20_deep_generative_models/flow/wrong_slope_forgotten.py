"""The density of the root, without its slope."""
# fails: both_branches

def square_log_prob(x):
    return -x / 2 - math.log(2 * math.pi) / 2
