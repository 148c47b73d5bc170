"""The window's pairs beyond both ends counted."""
# fails: pairs_of_a_window

pencil = {**pencil, "window": 1024 * 65}
