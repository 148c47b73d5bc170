"""The expected number of false matches for their probability."""
# fails: many_comparisons

pencil = {**pencil, "watchlist": [1.0, 1000.0]}
