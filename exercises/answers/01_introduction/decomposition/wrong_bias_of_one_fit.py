"""The bias of the first data set's fit."""
# fails: both_terms, two_models_by_hand


def decompose(predictions, f):
    return (predictions[0] - f).square().mean(), predictions.var(dim=0, correction=0).mean()
