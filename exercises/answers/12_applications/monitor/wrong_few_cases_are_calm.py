"""A window with too few cases counts as calm."""
# fails: too_few_cases


class EscalationPolicy(EscalationPolicy):
    def update(self, window):
        if all(n < self.least for _, n in window.values()) and sum(n for _, n in window.values()) < self.least:
            self.quiet += 1
        return super().update(window)
