"""The smallest of the principal angles."""
# fails: angles_of_scipy, same_and_orthogonal_planes


def largest_angle(A, B):
    A, B = torch.linalg.qr(A)[0], torch.linalg.qr(B)[0]
    return torch.linalg.svdvals(A.T @ B)[0].clamp(max=1).acos().item()
