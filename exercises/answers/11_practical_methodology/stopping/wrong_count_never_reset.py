"""Epochs without improvement are counted in all."""
# fails: patience_of_several_lengths, smallest_improvement, losses_that_are_not_numbers


class EarlyStopping(EarlyStopping):
    def update(self, loss, weights):
        waited = self.waited
        super().update(loss, weights)
        self.waited = self.waited or waited
        if self.waited == 1 and waited:
            self.waited = waited
        return self.waited >= self.patience
