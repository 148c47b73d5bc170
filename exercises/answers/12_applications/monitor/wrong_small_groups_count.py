"""No least number of cases."""
# fails: too_few_cases


class EscalationPolicy(EscalationPolicy):
    def __init__(self, alert, rollback, clear, least, calm=2):
        super().__init__(alert, rollback, clear, 1, calm)
