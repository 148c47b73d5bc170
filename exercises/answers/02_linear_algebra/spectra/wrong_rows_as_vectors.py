"""Eigenvectors written as rows."""
# fails: columns_are_eigenvectors

vectors = torch.tensor([[2.0, 1.0], [1.0, -1.0]]).flip(0)
