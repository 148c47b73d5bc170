"""The answer imported from the library."""
# fails: all

from dlcore.autoencoder import AnomalyDetector as Detector
