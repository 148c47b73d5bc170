"""The threshold is one of the errors, without interpolation."""
# fails: threshold_between_two_errors

Plain = Detector


class Detector(Plain):
    def fit(self, X):
        super().fit(X)
        ordered = self.errors(X).sort().values
        self.threshold = ordered[int((1 - self.share) * len(X)) - 1]
        return self
