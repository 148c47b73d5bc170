"""A function of autograd, covariances of torch, a kernel of all rows together, and sorted shares."""


class Reverse(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, strength):
        ctx.strength = strength
        return x.clone()

    @staticmethod
    def backward(ctx, slope):
        return -ctx.strength * slope, None


def reverse_gradient(x, strength):
    return Reverse.apply(x, strength)


def dann_strength(progress):
    grown = math.exp(10 * progress)
    return (grown - 1) / (grown + 1)


def coral_loss(X, Y):
    d = X.shape[1]
    gap = torch.cov(X.T).reshape(d, d) - torch.cov(Y.T).reshape(d, d)
    return (gap / (2 * d)).square().sum()


def mmd(X, Y, gamma):
    n, m = len(X), len(Y)
    Z = torch.cat([X, Y])
    squared = (Z**2).sum(1)[:, None] - 2 * Z @ Z.T + (Z**2).sum(1)
    sign = torch.cat([torch.full_like(X[:, 0], 1 / n), torch.full_like(Y[:, 0], -1 / m)])
    return sign @ torch.exp(-gamma * squared) @ sign


def error_floor(source, target):
    return 1 - float(torch.minimum(source, target).sum())


def pseudo_labels(P, threshold):
    rows = [i for i, p in enumerate(P.tolist()) if max(p) > threshold]
    classes = [P[i].argmax().item() for i in rows]
    return torch.tensor(rows, dtype=torch.long), torch.tensor(classes, dtype=torch.long)
