"""The diagonal in another order than the columns."""
# fails: s_is_put_together

Lam = torch.diag(torch.tensor([2.0, 4.0]))
