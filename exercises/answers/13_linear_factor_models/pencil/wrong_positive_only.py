"""The negative entry is cut off."""
# fails: codes_by_threshold

pencil = {**pencil, "threshold": [0.0, 0.6, 0.0]}
