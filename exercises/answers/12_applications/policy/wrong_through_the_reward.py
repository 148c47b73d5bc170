"""The gradient of the reward in the place of the score."""
# fails: gradient_of_a_parabola


def policy_gradient(a, rewards, mu, log_sigma, baseline=0.0):
    slope = torch.gradient(rewards, spacing=(a + 1e-9 * torch.arange(len(a)),))[0]
    return slope.mean(), (slope * (a - mu)).mean()
