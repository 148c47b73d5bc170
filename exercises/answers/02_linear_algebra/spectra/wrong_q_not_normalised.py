"""Eigenvectors of length root 2 as columns of Q."""
# fails: q_is_orthogonal, s_is_put_together

Q = torch.tensor([[1.0, 1.0], [1.0, -1.0]])
