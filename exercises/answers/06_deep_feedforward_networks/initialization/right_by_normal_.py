"""torch.empty filled in place; the recursion over layers written as a generator."""


def xavier_normal(d_out, d_in, generator):
    return torch.empty(d_out, d_in).normal_(0, (2 / (d_in + d_out)) ** 0.5, generator=generator)


def kaiming_normal(d_out, d_in, generator, negative_slope=0.0, mode="fan_in"):
    fan = {"fan_in": d_in, "fan_out": d_out}[mode]
    std = (2 / (1 + negative_slope * negative_slope) / fan) ** 0.5
    return torch.empty(d_out, d_in).normal_(0, std, generator=generator)


def second_moment_by_depth(X, weights, activation):
    def layers(h):
        for W in weights:
            h = activation(torch.einsum("ni,oi->no", h, W))
            yield h

    return [float((h * h).sum() / h.numel()) for h in layers(X)]
