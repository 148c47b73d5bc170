"""Only all cases together are looked at."""
# fails: gap_behind_the_average, person_needed, named_causes


class EscalationPolicy(EscalationPolicy):
    def update(self, window):
        return super().update({"all": tuple(sum(column) for column in zip((0, 0), *window.values()))})
