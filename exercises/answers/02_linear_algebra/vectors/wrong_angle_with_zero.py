"""The angle with the zero vector is a right one."""
# fails: angle_with_zero_is_refused


def angle(x, y):
    lengths = lp_norm(x, 2) * lp_norm(y, 2)
    return torch.acos((x @ y / lengths.clamp(min=1e-12)).clamp(-1, 1))
