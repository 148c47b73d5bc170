"""min_delta is ignored."""
# fails: smallest_improvement


class EarlyStopping(EarlyStopping):
    def __init__(self, patience, min_delta=0.0):
        super().__init__(patience)
