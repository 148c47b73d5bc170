"""One code unit does the work, the others are zeros."""
# fails: bound_on_new_data

plain = train_vae


def train_vae(X, k, sigma2, generator):
    w = plain(X, 1, sigma2, generator)
    fill = lambda t, dim: torch.cat([t, torch.zeros_like(t).repeat_interleave(k - 1, dim=dim)], dim=dim)
    return {"encoder": fill(w["encoder"], 0), "logvar": fill(w["logvar"], 0), "decoder": fill(w["decoder"], 1)}
