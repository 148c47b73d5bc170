"""The centre taken to be 0."""
# fails: points_inside_a_ball, points_outside_a_ball


def project_ball(y, radius, centre):
    length = y.square().sum().sqrt()
    return y * (radius / length) if length > radius else y.clone()
