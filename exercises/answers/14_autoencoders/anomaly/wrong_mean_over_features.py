"""The mean over features."""
# fails: detector_by_hand, errors_of_sklearn, surprise_in_the_blind_spot


class Detector(Detector):
    def errors(self, X):
        return super().errors(X) / X.shape[1]
