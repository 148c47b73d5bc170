"""The rate that is best without noise."""
# fails: best_next_step


def best_rate(h, sigma2, V):
    return 1 / h
