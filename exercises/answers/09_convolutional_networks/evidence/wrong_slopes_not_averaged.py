"""Maps times slopes, place by place."""
# fails: slopes_that_differ


def grad_cam(features, head, x, labels):
    maps = features(x).detach().requires_grad_()
    (slope,) = torch.autograd.grad(head(maps)[torch.arange(len(x)), labels].sum(), maps)
    return (slope * maps).sum(dim=1).relu().detach()
