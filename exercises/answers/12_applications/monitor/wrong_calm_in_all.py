"""Calm windows needn't be in a row."""
# fails: slow_way_back


class EscalationPolicy(EscalationPolicy):
    def update(self, window):
        before, state = self.quiet, self.state
        new = super().update(window)
        if new == state == "alert" and self.quiet == 0:
            self.quiet = before
        return new
