"""The angle of the weights, as if they were two long vectors."""
# fails: angles_of_lines, angles_of_scipy, same_and_orthogonal_planes


def largest_angle(A, B):
    return ((A * B).sum() / (A.norm() * B.norm())).clamp(-1, 1).acos().item()
