"""The threshold of the code is lambda."""
# fails: codes_by_threshold

pencil = {**pencil, "code": [0.5, 0.0, 0.0, 1.5]}
