"""An improvement by exactly min_delta counts."""
# fails: smallest_improvement


class EarlyStopping(EarlyStopping):
    def update(self, loss, weights):
        exactly = self.min_delta and loss == self.best_loss - self.min_delta
        return super().update(loss - 1e-9 if exactly else loss, weights)
