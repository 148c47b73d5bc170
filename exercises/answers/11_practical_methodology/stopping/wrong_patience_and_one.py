"""One epoch too late."""
# fails: stopped_at_the_fourth, patience_of_several_lengths, smallest_improvement, losses_that_are_not_numbers


class EarlyStopping(EarlyStopping):
    def update(self, loss, weights):
        super().update(loss, weights)
        return self.waited > self.patience
