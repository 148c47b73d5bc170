"""5(C + D) instead of 2C + 3D."""
# fails: linear_combination

pencil = {**pencil, "combination": torch.tensor([[15.0, 15.0], [15.0, 35.0]])}
