"""The eigenvalues of S in a vector instead of a diagonal matrix."""
# fails: shapes_of_the_answers, s_is_put_together

Lam = torch.tensor([4.0, 2.0])
