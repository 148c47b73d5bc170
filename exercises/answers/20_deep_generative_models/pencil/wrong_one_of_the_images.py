"""The decoder chooses the more probable image."""
# fails: blurred_and_shrunk

pencil = {**pencil, "blur": [1, 0.2]}
