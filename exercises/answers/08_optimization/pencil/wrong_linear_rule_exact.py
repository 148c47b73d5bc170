"""One large step taken for eight small ones."""
# fails: one_large_step

pencil = {**pencil, "scaled": [0.66342, 0.66342]}
