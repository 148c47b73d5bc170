"""Exponentials of the similarities over tau are formed, which overflow in single precision."""
# fails: losses_with_negatives


def info_nce_loss(queries, keys, negatives, temperature):
    queries, keys, negatives = (t / t.norm(dim=1, keepdim=True) for t in (queries, keys.detach(), negatives.detach()))
    own = torch.exp((queries * keys).sum(dim=1) / temperature)
    return -(own / (own + torch.exp(queries @ negatives.T / temperature).sum(dim=1))).log().mean()
