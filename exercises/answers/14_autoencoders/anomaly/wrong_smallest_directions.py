"""The directions of the smallest eigenvalues."""
# fails: detector_by_hand, errors_of_sklearn, share_of_the_normal, surprise_in_the_blind_spot, threshold_between_two_errors


class Detector(Detector):
    def fit(self, X):
        super().fit(X)
        values, directions = torch.linalg.eigh(torch.cov(X.T, correction=0))
        self.directions, self.values = directions[:, : self.k], values[: self.k]
        self.rest = values[self.k :].mean()
        self.threshold = self.errors(X).quantile(1 - self.share)
        return self
