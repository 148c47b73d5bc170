"""The answer imported from the library."""
# fails: all

from dlcore.training import overfit_check
