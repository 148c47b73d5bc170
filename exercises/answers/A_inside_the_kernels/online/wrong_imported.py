"""The answer imported from the library."""
# fails: all

from dlcore.kernels import softmax as online_softmax
