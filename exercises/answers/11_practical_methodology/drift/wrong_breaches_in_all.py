"""Deviating windows are counted in all."""
# fails: several_windows_in_a_row


class DriftMonitor(DriftMonitor):
    def update(self, window):
        before = self.streak
        super().update(window)
        deviates = self.streak > 0
        self.streak = before + deviates
        return bool(deviates and self.streak >= self.patience)
