"""The answer imported from the library."""
# fails: all

from dlcore.energy import negative_sampling_loss
