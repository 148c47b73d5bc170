"""The mixed term counted twice."""
# fails: gradient_at_a_point

sketch = {**sketch, "gradient": torch.tensor([10.0, 14.0])}
