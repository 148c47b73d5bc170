"""Differences of the other sign don't count."""
# fails: three_differences, flips_of_all_signs


def sign_flip_test(a, b, repeats, generator):
    d = a - b
    signs = 2 * torch.randint(2, (repeats, len(d)), generator=generator) - 1
    m = ((signs * d).mean(1) >= d.mean() - 1e-9).sum().item()
    return (1 + m) / (1 + repeats)
