"""The differences are averaged over the places before they are squared."""
# fails: terms_add_up


def decompose(predictions, f):
    return (predictions - f).mean().square(), predictions.var(dim=0, correction=0).mean()
