"""The answer imported from the library."""
# fails: all

from dlcore.regularization import soft_threshold
