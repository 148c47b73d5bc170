"""The loss lowered."""
# fails: linear_example, four_steps_by_hand, one_step_on_a_linear_model, range_of_the_inputs, step_longer_than_the_ball, ball_around_the_original, around_the_top_of_a_hill, projected_each_time, another_start, network_left_alone


def pgd(loss, x, eps, step, steps, low=0.0, high=1.0, start=None, pgd=pgd):
    return pgd(lambda z: -loss(z), x, eps, step, steps, low, high, start)
