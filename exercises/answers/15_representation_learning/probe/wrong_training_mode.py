"""The encoder works as in training."""
# fails: scores_of_sklearn, encoders_stay


class Training:
    def __init__(self, encoder):
        self.encoder = encoder

    def eval(self):
        return self

    def __call__(self, X):
        return self.encoder.train()(X)


plain = linear_probe


def linear_probe(encoder, X, y, X_new, y_new, ridge):
    return plain(Training(encoder), X, y, X_new, y_new, ridge)
