"""All six values pooled for the variance within."""
# fails: two_short_chains

pencil = {**pencil, "chains": [8.0, 6, 0.957427]}
