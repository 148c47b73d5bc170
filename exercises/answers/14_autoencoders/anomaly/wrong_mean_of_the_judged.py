"""Centred with the mean of what is judged."""
# fails: detector_by_hand, errors_of_sklearn, flags_in_bad_company, surprise_in_the_blind_spot, threshold_between_two_errors


class Detector(Detector):
    def errors(self, X):
        centred = X - X.mean(dim=0)
        return ((centred - centred @ self.directions @ self.directions.T) ** 2).sum(dim=1)
