"""Eigenvectors of another length, in a list that is too short for the Hessian."""
# fails: every_answer_has_its_shape, curvatures, eigenpairs

sketch = {**sketch, "curvatures": torch.tensor([5.0]), "vectors": torch.tensor([[1.0, 1.0], [1.0, -1.0]])}
