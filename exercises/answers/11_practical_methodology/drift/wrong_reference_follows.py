"""Each window becomes the new reference."""
# fails: planted_drift, several_windows_in_a_row


class DriftMonitor(DriftMonitor):
    def update(self, window):
        alarm = super().update(window)
        self.reference = window
        return alarm
