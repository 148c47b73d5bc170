"""The middle entry of the cross product without its minus."""
# fails: cross_product

pencil = {**pencil, "cross": torch.tensor([-2.0, -5.0, 1.0])}
