"""The coefficients of the characteristic polynomial instead of its roots."""
# fails: eigenvalues_of_a, columns_are_eigenvectors

values = torch.tensor([7.0, 10.0])
