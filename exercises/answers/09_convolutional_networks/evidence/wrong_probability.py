"""The slope of the probability."""
# fails: one_pixel_by_hand, saliency_in_closed_form

_saliency = saliency


def saliency(model, x, labels):
    return _saliency(lambda images: torch.softmax(model(images), dim=1), x, labels)
