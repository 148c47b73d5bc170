"""Rows moved to the front, infinite maxima masked, softmax through its logarithm."""


def log_softmax(x, dim=-1):
    shifted = x - x.max(dim=dim, keepdim=True).values
    return shifted - shifted.exp().sum(dim=dim, keepdim=True).log()


def softmax(x, dim=-1):
    return log_softmax(x, dim).exp()


def log_sum_exp(x, dim=-1, keepdim=False):
    y = x.movedim(dim, -1)
    top = y.max(dim=-1).values
    shift = torch.where(top.abs() == math.inf, torch.zeros_like(top), top)
    total = (y - shift[..., None]).exp().sum(dim=-1).log() + shift
    return total.unsqueeze(dim) if keepdim else total
