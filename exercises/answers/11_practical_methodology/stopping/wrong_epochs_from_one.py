"""The best epoch counted from one."""
# fails: stopped_at_the_fourth, patience_of_several_lengths, smallest_improvement, losses_that_are_not_numbers


class EarlyStopping(EarlyStopping):
    def __init__(self, patience, min_delta=0.0):
        super().__init__(patience, min_delta)
        self.epoch = 1
