"""The columns in the order of the other value."""
# fails: eigenpairs

sketch = {**sketch, "values": torch.tensor([2.0, 4.0])}
