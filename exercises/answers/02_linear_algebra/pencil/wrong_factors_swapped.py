"""BA instead of AB."""
# fails: product_of_matrices

pencil = {**pencil, "product": torch.tensor([[2.0, 7.0], [6.0, 6.0]])}
