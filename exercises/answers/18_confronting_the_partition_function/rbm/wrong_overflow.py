"""log(1 + exp(x)) as it is written."""
# fails: inputs_of_800

def free_energy(v, W, b, c):
    return -(v @ b) - torch.log(1 + torch.exp(v @ W + c)).sum(dim=1)
