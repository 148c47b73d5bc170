"""The whole stump added."""
# fails: one_round_of_boosting

pencil = {**pencil, "boosted": [15.0, 15.0, 35.0, 35.0]}
