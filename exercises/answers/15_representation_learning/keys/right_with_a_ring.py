"""A ring of places and a counter; lerp; cross-entropy."""


def ema_update(target, source, momentum):
    return {
        name: torch.lerp(w, source[name], 1 - momentum) if w.is_floating_point() else source[name]
        for name, w in target.items()
    }


class FeatureQueue:
    def __init__(self, size, dim):
        self.places, self.count = torch.zeros(size, dim, dtype=torch.float64), 0

    def push(self, keys):
        with torch.no_grad():
            for key in keys:
                self.places[self.count % len(self.places)] = key
                self.count += 1
        self.dtype = keys.dtype

    def features(self):
        size = len(self.places)
        if self.count < size:
            return self.places[: self.count].to(getattr(self, "dtype", torch.float32))
        return self.places.roll(-(self.count % size), dims=0).to(self.dtype)


def info_nce_loss(queries, keys, negatives, temperature):
    with torch.no_grad():
        keys, negatives = nn.functional.normalize(keys), nn.functional.normalize(negatives)
    queries = nn.functional.normalize(queries)
    own = torch.einsum("nd,nd->n", queries, keys)[:, None]
    logits = torch.cat([own, queries @ negatives.T], dim=1) / temperature
    return nn.functional.cross_entropy(logits, torch.zeros(len(queries), dtype=torch.long))


def byol_loss(prediction, target):
    return 2 - 2 * nn.functional.cosine_similarity(prediction, target.detach()).mean()
