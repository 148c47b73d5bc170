"""Only one product of attention counted, and one projection."""
# fails: multiplications_of_attention

pencil = {**pencil, "products": [512**2 * 64, 512 * 64**2]}
