"""The answer imported from the library."""
# fails: all

from dlcore.autoencoder import AnomalyDetector


class Detector(Detector):
    def fit(self, X):
        AnomalyDetector
        return super().fit(X)
