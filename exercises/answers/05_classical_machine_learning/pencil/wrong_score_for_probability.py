"""The score given as probability."""
# fails: probability_of_class_one

pencil = {**pencil, "probability": 1.0}
