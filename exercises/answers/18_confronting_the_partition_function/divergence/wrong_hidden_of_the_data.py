"""The negative phase takes the hidden probabilities of the data."""
# fails: direction_after_one_step, direction_after_three_steps

def contrastive_divergence(v, W, b, c, k, generator):
    x = v
    for _ in range(k):
        x = gibbs(x, W, b, c, generator)
    on = torch.sigmoid(v @ W + c)
    return (v - x).T @ on / len(v), (v - x).mean(dim=0), torch.zeros_like(c)
