"""The bias forgotten where the format has no infinity."""
# fails: four_bits_without_infinity

sketch = {**sketch, "largest_fp4": 12.0}
