"""The quantile of what is judged: a share of every batch is flagged."""
# fails: detector_by_hand, flags_in_bad_company, threshold_between_two_errors


class Detector(Detector):
    def flags(self, X):
        errors = self.errors(X)
        return errors > errors.quantile(1 - self.share)
