"""The share is taken for the one that is left alone."""
# fails: share_of_the_normal, threshold_between_two_errors


class Detector(Detector):
    def fit(self, X):
        super().fit(X)
        self.threshold = self.errors(X).quantile(self.share)
        return self
