"""The answer imported from the library."""
# fails: all

from dlcore.evaluation import wilson_interval as wilson
