"""Multiplier and value of the minimum."""
# fails: largest_product_on_a_circle

sketch = {**sketch, "top": -0.5, "multiplier": -0.5}
