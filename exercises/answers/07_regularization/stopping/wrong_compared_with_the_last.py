"""Compared with the value right before instead of the best."""
# fails: example_of_the_text, accuracy_peaks, ties, patience_starts_anew, never_stopped, not_a_number, margin, larger_is_better, best_weights


class EarlyStopping(EarlyStopping):
    def step(self, metric, state):
        last, self.last = getattr(self, "last", self.best), metric
        self.best = last
        stop = super().step(metric, state)
        return stop
