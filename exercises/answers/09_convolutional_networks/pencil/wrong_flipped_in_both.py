"""Cross-correlation and convolution exchanged."""
# fails: row_both_ways

pencil = {**pencil, "row": [4.0, 1.0, 5.0, 2.0, 2.0, 7.0]}
