"""min_delta ignored."""
# fails: margin


class EarlyStopping(EarlyStopping):
    def __init__(self, patience, mode="min", min_delta=0.0):
        super().__init__(patience, mode, 0.0)
