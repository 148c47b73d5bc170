"""The whole state updated in place of merged, the masked logits through where."""


def normalizer(x, block):
    m, s = torch.full_like(x[:, 0], -torch.inf), torch.zeros_like(x[:, 0])
    for piece in x.split(block, dim=1):
        new = torch.maximum(m, piece.max(dim=1).values)
        shift = torch.where(torch.isinf(new), torch.zeros_like(new), new)
        s = s * (m - shift).exp() + (piece - shift[:, None]).exp().sum(dim=1)
        m = new
    return m, s
