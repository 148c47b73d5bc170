"""Elementwise product, factors of the sum exchanged."""
# fails: product_of_matrices, linear_combination

pencil = {**pencil, "product": torch.tensor([[2.0, 2.0], [0.0, 3.0]]), "combination": torch.tensor([[7.0, 8.0], [9.0, 18.0]])}
