"""The noise adds up linearly."""
# fails: constant_schedule

pencil = {**pencil, "schedule": [26, 0.152897]}
