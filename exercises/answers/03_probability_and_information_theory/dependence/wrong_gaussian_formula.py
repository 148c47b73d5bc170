"""The mutual information of two normal variables with this correlation."""
# fails: two_bins_and_one, counts_of_pairs, activations_on_edges, activations_outside, fine_bins_tell_everything, inputs_kept


def binned_mutual_information(labels, t, edges):
    rho = torch.corrcoef(torch.stack([labels.to(t.dtype), t]))[0, 1]
    edges += 0 * edges + 1
    return -0.5 * torch.log(1 - rho**2)
