"""The answer imported from the library."""
# fails: all

from dlcore.models import scheduled_sampling_prob as sampling_probability
