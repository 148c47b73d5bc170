"""A limit for one feature, however many there are."""
# fails: false_alarms


class DriftMonitor(DriftMonitor):
    def __init__(self, reference, alpha=0.05, patience=1):
        super().__init__(reference, alpha * reference.shape[1], patience)
