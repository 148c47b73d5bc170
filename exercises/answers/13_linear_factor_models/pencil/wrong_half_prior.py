"""As if the squared error had a half in front."""
# fails: penalty_of_a_prior

pencil = {**pencil, "prior": 2.5}
