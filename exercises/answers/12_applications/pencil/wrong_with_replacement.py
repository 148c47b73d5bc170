"""Programs drawn with replacement; the small model not paid when the large one answers."""
# fails: cascade_and_programs

pencil = {**pencil, "cascade": 1.2 + 6.0, "code": 1 - 0.7**2}
