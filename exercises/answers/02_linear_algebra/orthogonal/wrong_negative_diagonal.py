"""A factorisation with the signs of reflections."""
# fails: triangular_with_positive_diagonal

whole = gram_schmidt


def gram_schmidt(A):
    Q, R = whole(A)
    return torch.cat([Q[:, :2], -Q[:, 2:]], dim=1), torch.cat([R[:2], -R[2:]])
