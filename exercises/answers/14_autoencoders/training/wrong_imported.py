"""The answer imported from the library."""
# fails: all

from dlcore.autoencoder import train_vae
