"""0.9 for the right class: the row does not sum to 1."""
# fails: thousand_classes

pencil = {**pencil, "smoothed": [0.9, 9.10498]}
