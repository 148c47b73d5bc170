"""The answer imported from the library."""
# fails: all

from dlcore.autoencoder import contractive_penalty
from dlcore.autoencoder import contractive_penalty_grad as contractive_gradient
