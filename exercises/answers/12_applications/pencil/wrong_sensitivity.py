"""The sensitivity for the predictive value."""
# fails: share_of_the_ill

pencil = {**pencil, "screening": 0.99}
