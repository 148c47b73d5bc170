"""The variance between the two parts is left out."""
# fails: moments_of_a_mixture

pencil = {**pencil, "match": [0.8, 0.475]}
