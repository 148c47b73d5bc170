"""Every entry clipped: a cube."""
# fails: ball_and_box_by_hand, points_outside_a_ball


def project_ball(y, radius, centre):
    return centre + (y - centre).clamp(-radius, radius)
