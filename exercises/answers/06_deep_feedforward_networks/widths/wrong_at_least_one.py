"""Width 1 is returned even if it does not fit."""
# fails: nothing_at_all

fitting = widest


def widest(budget, d_in, d_out, depth):
    return max(1, fitting(budget, d_in, d_out, depth))
