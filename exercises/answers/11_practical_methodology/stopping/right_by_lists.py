"""All losses are kept; the weights are copied to lists and back; the schedule in pieces."""


class EarlyStopping:
    def __init__(self, patience, min_delta=0.0):
        self.patience, self.min_delta = patience, min_delta
        self.losses = []
        self.best_loss, self.best_epoch, self.best_weights = math.inf, None, None

    def update(self, loss, weights):
        self.losses.append(loss)
        if self.best_loss - loss > self.min_delta:
            self.best_loss, self.best_epoch = loss, len(self.losses) - 1
            self.best_weights = {name: torch.tensor(w.tolist()) for name, w in weights.items()}
        last = -1 if self.best_epoch is None else self.best_epoch
        return len(self.losses) - 1 - last >= self.patience


def warmup_cosine(t, peak, warm, total):
    if t >= total:
        return 0.0
    if t >= warm:
        return peak * math.cos(math.pi / 2 * (t - warm) / (total - warm)) ** 2
    return peak / warm * t
