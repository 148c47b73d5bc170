"""The two readings of the largest exponent exchanged."""
# fails: four_bits, four_bits_without_infinity

sketch = {**sketch, "largest": 6.0, "largest_fp4": 3.0}
