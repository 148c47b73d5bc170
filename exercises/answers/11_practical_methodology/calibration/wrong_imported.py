"""The answer imported from the library."""
# fails: all

from dlcore.evaluation import bayes_threshold
