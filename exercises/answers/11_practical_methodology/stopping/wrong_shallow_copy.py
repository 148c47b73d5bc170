"""The dictionary is copied, its tensors are not."""
# fails: weights_of_the_best_epoch


class EarlyStopping(EarlyStopping):
    def update(self, loss, weights):
        stop = super().update(loss, weights)
        if self.waited == 0:
            self.best_weights = dict(weights)
        return stop
