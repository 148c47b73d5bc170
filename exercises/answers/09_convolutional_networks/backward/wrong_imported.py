"""The answer imported from the library."""
# fails: all

from dlcore.nn import conv2d_backward
