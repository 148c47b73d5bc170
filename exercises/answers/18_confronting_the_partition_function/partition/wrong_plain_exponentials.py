"""The sum of plain exponentials."""
# fails: energies_of_a_thousand

def log_partition(energy, d, chunk):
    total = 0.0
    for first in range(0, 2**d, chunk):
        number = torch.arange(first, min(first + chunk, 2**d))
        bits = (number[:, None] >> torch.arange(d)) & 1
        total = total + torch.exp(-energy(2.0 * bits.double() - 1)).sum()
    return torch.log(total)
