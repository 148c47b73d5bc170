"""The product of the betas."""
# fails: losses_of_an_oracle, nine_conversions, noisy_images, posteriors_by_bayes, steps_and_noise_at_random, the_first_step, two_steps_of_noise

def alpha_bar(betas):
    return torch.cumprod(betas, dim=0)
