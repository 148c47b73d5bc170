"""One minus the sum of the betas."""
# fails: losses_of_an_oracle, nine_conversions, noisy_images, posteriors_by_bayes, steps_and_noise_at_random, two_steps_of_noise

def alpha_bar(betas):
    return 1 - torch.cumsum(betas, dim=0).clamp(max=0.99)
