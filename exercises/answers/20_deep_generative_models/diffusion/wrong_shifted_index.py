"""Steps counted from 0."""
# fails: losses_of_an_oracle, noisy_images, steps_and_noise_at_random, two_steps_of_noise

def q_sample(x_0, t, noise, betas):
    left = alpha_bar(betas)[t.clamp(max=len(betas) - 1)].reshape(-1, *[1] * (x_0.ndim - 1))
    return left.sqrt() * x_0 + (1 - left).sqrt() * noise
