"""One error for the whole batch."""
# fails: all

plain = Detector


class Detector(plain):
    def errors(self, X):
        return super().errors(X).mean().expand(len(X))
