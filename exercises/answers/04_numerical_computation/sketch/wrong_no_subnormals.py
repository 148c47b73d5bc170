"""The smallest number that is not subnormal."""
# fails: four_bits

sketch = {**sketch, "smallest": 1.0}
