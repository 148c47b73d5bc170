"""Alpha isn't halved."""
# fails: limit_of_any_window


class DriftMonitor(DriftMonitor):
    def __init__(self, reference, alpha=0.05, patience=1):
        super().__init__(reference, min(1.0, 2 * alpha), patience)
