"""The answer imported from the library."""
# fails: all

from dlcore.evaluation import percentile_interval


def audit(*arguments):
    return percentile_interval(*arguments)


class EscalationPolicy:
    def update(self, window):
        return percentile_interval(window)
