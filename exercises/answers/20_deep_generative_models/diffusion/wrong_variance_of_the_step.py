"""The variance of the step in place of that of the posterior."""
# fails: posteriors_by_bayes, the_first_step

def q_posterior(x_t, x_0, t, betas):
    left = torch.cat([torch.ones_like(betas[:1]), alpha_bar(betas)])
    now, before, beta = left[t], left[t - 1], betas[t - 1]
    shape = (-1, *[1] * (x_t.ndim - 1))
    of_data = (before.sqrt() * beta / (1 - now)).reshape(shape)
    of_noisy = ((1 - beta).sqrt() * (1 - before) / (1 - now)).reshape(shape)
    return of_data * x_0 + of_noisy * x_t, beta
