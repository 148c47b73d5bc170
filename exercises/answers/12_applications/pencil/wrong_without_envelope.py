"""Precision at each hit, without the envelope."""
# fails: envelope_of_five

pencil = {**pencil, "ap": (1 + 2 / 3 + 3 / 4) / 4}
