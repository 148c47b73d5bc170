"""Data for which the mean noise is known: Gaussians and single points."""

from dlcore.generative import DiffusionSchedule


def gaussian_noise(schedule: DiffusionSchedule, variance, mean: float = 0.0):
    """The mean noise given x_t for data from a normal distribution."""

    def eps(x, t):
        a, s = schedule.split(t, x)
        return s * (x - a * mean) / (a**2 * variance + s**2)

    return eps
