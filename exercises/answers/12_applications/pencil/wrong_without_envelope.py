"""Precision at each hit, without the envelope."""
# fails: envelope_of_five

pencil = {**pencil, "ap": (1 / 2 + 2 / 3 + 3 / 5) / 4}
