"""Tables by einsum, logarithms of positive entries only, rows normalised by their sums."""


def ib_objective(p_x, channel, encoder, beta):
    def entropy(p):
        p = p[p > 0]
        return -(p * p.log()).sum()

    p_xt, p_ty = p_x[:, None] * encoder, torch.einsum("x,xt,xy->ty", p_x, encoder, channel)
    first = entropy(p_x) + entropy(p_xt.sum(dim=0)) - entropy(p_xt)
    second = entropy(p_ty.sum(dim=1)) + entropy(p_ty.sum(dim=0)) - entropy(p_ty)
    return first - beta * second


def ib_step(p_x, channel, encoder, beta):
    used = torch.einsum("x,xt->t", p_x, encoder) > 0
    part = encoder[:, used]
    p_t = p_x @ part
    p_yt = torch.einsum("x,xt,xy->ty", p_x, part, channel) / p_t[:, None]
    cost = torch.zeros(len(p_x), len(p_t), dtype=p_x.dtype)
    for y in range(channel.shape[1]):
        c = channel[:, y, None]
        cost += torch.where(c > 0, c * (c.clamp(min=1e-300 if c.dtype == torch.float64 else 1e-30).log() - p_yt[:, y].log()), 0.0)
    score = p_t.log() - beta * cost
    weight = torch.exp(score - score.amax(dim=1, keepdim=True))
    new = torch.zeros_like(encoder)
    new[:, used] = weight / weight.sum(dim=1, keepdim=True)
    return new
