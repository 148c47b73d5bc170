"""The determinant and its inverse for the condition."""
# fails: condition_of_a_symmetric_matrix, nearly_singular

sketch = {**sketch, "condition": 0.75, "near": 1e4}
