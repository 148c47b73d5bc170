"""The answer imported from the library."""
# fails: all

from dlcore.nn import max_pool2d
