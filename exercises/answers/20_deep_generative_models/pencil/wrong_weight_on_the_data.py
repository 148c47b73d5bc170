"""The weight on the wrong term."""
# fails: blurred_and_shrunk

pencil = {**pencil, "weighted": [1.5, 0.25]}
