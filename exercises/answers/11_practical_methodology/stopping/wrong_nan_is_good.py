"""NaN counts as an improvement."""
# fails: losses_that_are_not_numbers


class EarlyStopping(EarlyStopping):
    def update(self, loss, weights):
        return super().update(-1e9 if math.isnan(loss) else loss, weights)
