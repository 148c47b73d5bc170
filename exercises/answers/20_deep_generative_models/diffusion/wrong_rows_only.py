"""The factors fit rows only, not images."""
# fails: losses_of_an_oracle, noisy_images

def q_sample(x_0, t, noise, betas):
    left = alpha_bar(betas)[t - 1][:, None]
    return left.sqrt() * x_0 + (1 - left).sqrt() * noise
