"""Negative sums kept."""
# fails: class_activation_map, slopes_that_differ


def grad_cam(features, head, x, labels):
    maps = features(x).detach().requires_grad_()
    (slope,) = torch.autograd.grad(head(maps)[torch.arange(len(x)), labels].sum(), maps)
    return (slope.mean(dim=(2, 3), keepdim=True) * maps).sum(dim=1).detach()
