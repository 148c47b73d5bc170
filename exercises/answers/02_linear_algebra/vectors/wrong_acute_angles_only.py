"""The angle between the lines, never above a right one."""
# fails: angles_of_random_vectors, parallel_vectors


def angle(x, y):
    if not (x.any() and y.any()):
        raise ValueError
    return torch.acos((x @ y).abs().div((x @ x).sqrt() * (y @ y).sqrt()).clamp(max=1))
