"""Back to normal below the alert's threshold, at once."""
# fails: slow_way_back, person_needed, too_few_cases


class EscalationPolicy(EscalationPolicy):
    def __init__(self, alert, rollback, clear, least, calm=2):
        super().__init__(alert, rollback, alert, least, 1)
