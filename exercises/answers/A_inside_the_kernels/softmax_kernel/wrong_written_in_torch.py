"""The right formula, computed by torch."""
# fails: all


def softmax_rows(x, y):
    e = torch.exp(x.float() - x.float().amax(dim=1, keepdim=True))
    y.copy_(e / e.sum(dim=1, keepdim=True))
