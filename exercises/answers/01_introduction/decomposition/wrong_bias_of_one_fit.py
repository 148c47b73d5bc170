"""The bias of the first data set's fit."""
# fails: two_models_by_hand, terms_add_up


def decompose(predictions, f):
    return (predictions[0] - f).square().mean(), predictions.var(dim=0, correction=0).mean()
