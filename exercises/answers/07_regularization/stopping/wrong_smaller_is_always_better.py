"""The mode ignored."""
# fails: accuracy_peaks, margin, larger_is_better


class EarlyStopping(EarlyStopping):
    def __init__(self, patience, mode="min", min_delta=0.0):
        super().__init__(patience, "min", min_delta)
