"""The adjugate, with the sign of the determinant ignored, is not the inverse."""
# fails: inverse_of_two_by_two

pencil = {**pencil, "inverse": torch.tensor([[-3.0, -1.0], [-1.0, 2.0]])}
