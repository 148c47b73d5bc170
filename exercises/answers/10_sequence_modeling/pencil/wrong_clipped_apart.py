"""Each tensor clipped for itself."""
# fails: clipped_together

pencil = {**pencil, "clipped": [2.5, 2.5]}
