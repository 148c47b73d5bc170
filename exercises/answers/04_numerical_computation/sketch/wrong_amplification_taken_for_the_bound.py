"""The condition number for the amplification of one particular change."""
# fails: amplified_change

sketch = {**sketch, "amplified": 40002.0}
