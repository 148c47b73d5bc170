"""Always 0.2."""
# fails: limit_of_any_window, false_alarms


class DriftMonitor(DriftMonitor):
    def update(self, window):
        deviates = max(ks_statistic(a, b) for a, b in zip(self.reference.T, window.T)) > 0.2
        self.streak = self.streak + 1 if deviates else 0
        return self.streak >= self.patience
