"""The cosine of the whole angle times the rate."""
# fails: a_quarter_of_the_cosine

pencil = {**pencil, "cosine": 0.141421}
