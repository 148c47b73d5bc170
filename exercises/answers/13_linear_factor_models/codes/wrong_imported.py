"""The answer imported from the library."""
# fails: all

from dlcore.factor import ista, soft_threshold
