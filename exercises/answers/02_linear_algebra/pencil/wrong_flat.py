"""A matrix written as a row of four numbers, the cross product with its factors exchanged."""
# fails: every_answer_has_its_shape, product_of_matrices, cross_product

pencil = {**pencil, "product": torch.tensor([5.0, 5.0, 9.0, 3.0]), "cross": torch.tensor([2.0, -5.0, -1.0])}
