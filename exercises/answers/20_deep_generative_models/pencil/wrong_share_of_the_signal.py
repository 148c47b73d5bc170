"""The share of the signal in place of the ratio."""
# fails: constant_schedule

pencil = {**pencil, "schedule": [35, 0.13262]}
