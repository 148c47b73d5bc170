"""The size of the reference is left out of the limit."""
# fails: limit_of_any_window, false_alarms


class DriftMonitor(DriftMonitor):
    def update(self, window):
        deviates = max(ks_statistic(a, b) for a, b in zip(self.reference.T, window.T)) > self.factor / math.sqrt(len(window))
        self.streak = self.streak + 1 if deviates else 0
        return self.streak >= self.patience
