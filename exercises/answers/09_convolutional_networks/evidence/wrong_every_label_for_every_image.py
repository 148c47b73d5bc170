"""The scores of all labels summed for each image."""
# fails: saliency_in_closed_form


def saliency(model, x, labels):
    x = x.detach().requires_grad_()
    (slope,) = torch.autograd.grad(model(x)[:, labels].sum(), x)
    return slope.abs().amax(dim=1)
