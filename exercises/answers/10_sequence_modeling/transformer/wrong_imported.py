"""The answer imported from the library."""
# fails: all

from dlcore.nn import layer_norm
