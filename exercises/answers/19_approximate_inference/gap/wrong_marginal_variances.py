"""The best product is thought to have the marginal variances."""
# fails: what_the_family_loses, what_the_encoder_loses

given = gaps


def gaps(X, W, b, s, A, c, v):
    first, second = given(X, W, b, s, A, c, v)
    Q = torch.eye(W.shape[1], dtype=W.dtype) + W.T @ W / s**2
    C = torch.linalg.inv(Q)
    least = ((Q.diagonal() * C.diagonal()).sum() - len(Q) - torch.logdet(Q) - C.diagonal().log().sum()) / 2
    return least.expand(len(X)), first + second - least
