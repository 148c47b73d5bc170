"""Counted with the two biases that torch keeps."""
# fails: parameters_of_three_cells

pencil = {**pencil, "counts": [99_072, 297_216, 396_288]}
