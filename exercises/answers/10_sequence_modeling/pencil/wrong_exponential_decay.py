"""Exponential decay in place of the inverse sigmoid."""
# fails: scheduled_sampling_by_hand

pencil = {**pencil, "forced": math.exp(-3)}
