"""Imports the library's own answer."""
# states: missing,forbidden,error
# points: 2
from dlcore.nn import softmax
