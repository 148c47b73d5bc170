"""Columns of length 1, but not orthogonal."""
# fails: angles_of_scipy, same_and_orthogonal_planes


def largest_angle(A, B):
    A, B = A / A.norm(dim=0), B / B.norm(dim=0)
    return torch.linalg.svdvals(A.T @ B)[-1].clamp(max=1).acos().item()
