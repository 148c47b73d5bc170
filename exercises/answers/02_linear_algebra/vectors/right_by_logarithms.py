"""The power through logarithms, the angle through arc tangent, distances by einsum of differences."""


def lp_norm(x, p):
    if p < 1:
        raise ValueError("p")
    size = x.abs()
    top = size.amax()
    if math.isinf(p) or top == 0:
        return top
    return top * torch.exp(torch.log(((size / top) ** p).sum()) / p)


def angle(x, y):
    if not (x.any() and y.any()):
        raise ValueError("zero")
    x, y = x / lp_norm(x, 2), y / lp_norm(y, 2)
    return 2 * torch.atan2((x - y).square().sum().sqrt(), (x + y).square().sum().sqrt())


def pairwise_distances(X, Y):
    D = X.unsqueeze(1) - Y.unsqueeze(0)
    return torch.einsum("nmd,nmd->nm", D, D) ** 0.5
