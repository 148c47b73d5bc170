"""Good numbers undo a rollback."""
# fails: person_needed


class EscalationPolicy(EscalationPolicy):
    def update(self, window):
        if self.state == "rolled back":
            self.resume()
        return super().update(window)
