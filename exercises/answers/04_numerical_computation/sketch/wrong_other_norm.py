"""The condition number of the largest column sum."""
# fails: nearly_singular

sketch = {**sketch, "near": 40004.0}
