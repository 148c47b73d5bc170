"""Everything computed and returned in float64."""
# fails: line_by_hand, dtype_and_inputs_kept


def least_squares(X, y):
    A = torch.cat([X, torch.ones_like(y)[:, None]], dim=1).double()
    theta = torch.linalg.pinv(A) @ y.double()
    return theta[:-1], theta[-1]
