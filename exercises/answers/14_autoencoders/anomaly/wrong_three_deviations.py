"""Mean and three standard deviations instead of the quantile."""
# fails: share_of_the_normal, threshold_between_two_errors


class Detector(Detector):
    def fit(self, X):
        super().fit(X)
        errors = self.errors(X)
        self.threshold = errors.mean() + 3 * errors.std()
        return self
