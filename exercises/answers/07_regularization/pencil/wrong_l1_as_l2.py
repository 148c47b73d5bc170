"""The absolute value treated like a square: every answer is shrunk, none is moved."""
# fails: penalised_parabolas

pencil = {**pencil, "minima": [1.5, 1.5, 1.0], "small": -0.35}
