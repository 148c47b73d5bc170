"""Evaluations counted from 0."""
# fails: example_of_the_text, accuracy_peaks, ties, patience_starts_anew, no_patience, never_stopped, not_a_number, margin, larger_is_better


class EarlyStopping(EarlyStopping):
    def __init__(self, *settings):
        super().__init__(*settings)
        self.seen = -1
