"""The answer imported from the library."""
# fails: all

from dlcore.linalg import soft_threshold
