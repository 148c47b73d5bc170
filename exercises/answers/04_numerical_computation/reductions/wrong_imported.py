"""The answer imported from the library."""
# fails: all

from dlcore.numerics import log_sum_exp
