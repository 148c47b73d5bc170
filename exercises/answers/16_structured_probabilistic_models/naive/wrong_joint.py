"""Not normalised over the classes."""
# fails: classes_of_the_example, posteriors_of_sklearn, two_thousand_features, entries_not_observed


def class_log_probabilities(X, prior, on):
    return prior.log() + (X == 1).double() @ on.log().T + (X == 0).double() @ (1 - on).log().T
