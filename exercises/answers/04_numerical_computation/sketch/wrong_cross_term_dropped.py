"""The mixed term left out of both derivatives."""
# fails: gradient_at_a_point, curvatures

sketch = {**sketch, "gradient": torch.tensor([4.0, 2.0]), "curvatures": torch.tensor([2.0, 2.0])}
