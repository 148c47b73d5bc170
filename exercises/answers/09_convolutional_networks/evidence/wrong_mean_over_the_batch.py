"""The mean of the scores over the batch: slopes that depend on the company."""
# fails: saliency_in_closed_form

_saliency = saliency


def saliency(model, x, labels):
    return _saliency(model, x, labels) / len(x)
