"""Compared with the loss before."""
# fails: patience_of_several_lengths, smallest_improvement, losses_that_are_not_numbers


class EarlyStopping(EarlyStopping):
    last = math.inf

    def update(self, loss, weights):
        better = loss < self.last - self.min_delta
        self.last, waited = loss, self.waited
        super().update(loss, weights)
        self.waited = 0 if better else waited + 1
        return self.waited >= self.patience
