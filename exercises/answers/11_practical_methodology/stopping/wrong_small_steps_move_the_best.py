"""The best loss follows every small fall, without setting the count to zero."""
# fails: smallest_improvement


class EarlyStopping(EarlyStopping):
    def update(self, loss, weights):
        stop = super().update(loss, weights)
        self.best_loss = min(self.best_loss, loss)
        return stop
