"""The first row's step for all rows."""
# fails: losses_of_an_oracle, noisy_images, steps_and_noise_at_random, two_steps_of_noise

def q_sample(x_0, t, noise, betas):
    left = alpha_bar(betas)[t[0] - 1]
    return left.sqrt() * x_0 + (1 - left).sqrt() * noise
