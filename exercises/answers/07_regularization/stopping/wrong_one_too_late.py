"""One more evaluation than patience allows."""
# fails: example_of_the_text, accuracy_peaks, ties, patience_starts_anew, no_patience, not_a_number, margin, larger_is_better


class EarlyStopping(EarlyStopping):
    def step(self, metric, state):
        super().step(metric, state)
        return self.waited > self.patience
