"""The surprise of the error only: blind along the plane."""
# fails: surprise_in_the_blind_spot


class Detector(Detector):
    def surprise(self, X):
        volume = self.values.log().sum() + self.left * self.rest.log()
        return (self.errors(X) / self.rest + volume + X.shape[1] * math.log(2 * math.pi)) / 2
