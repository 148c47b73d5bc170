"""The answer imported from the library."""
# fails: all

from dlcore.optim import compare_optimizers as race
