"""All features must deviate."""
# fails: planted_drift


class DriftMonitor(DriftMonitor):
    def update(self, window):
        m, n = len(self.reference), len(window)
        smallest = min(ks_statistic(a, b) for a, b in zip(self.reference.T, window.T))
        self.streak = self.streak + 1 if smallest > self.factor * math.sqrt(1 / n + 1 / m) else 0
        return self.streak >= self.patience
