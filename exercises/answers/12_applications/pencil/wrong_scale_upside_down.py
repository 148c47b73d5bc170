"""Epsilon for the scale; the share of answers for that of people."""
# fails: private_answers

pencil = {**pencil, "laplace": [4.0, 4.0], "response": [3.0, 0.4]}
