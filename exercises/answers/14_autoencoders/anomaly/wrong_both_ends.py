"""Very small errors are flagged, too."""
# fails: share_of_the_normal, threshold_between_two_errors


class Detector(Detector):
    def fit(self, X):
        super().fit(X)
        errors = self.errors(X)
        self.low, self.threshold = errors.quantile(self.share / 2), errors.quantile(1 - self.share / 2)
        return self

    def flags(self, X):
        errors = self.errors(X)
        return (errors > self.threshold) | (errors < self.low)
