"""The slope of the highest score, whatever the label."""
# fails: one_pixel_by_hand, saliency_in_closed_form

_saliency = saliency


def saliency(model, x, labels):
    return _saliency(model, x, model(x).argmax(dim=1))
