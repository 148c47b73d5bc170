"""One sign for all pairs of a draw."""
# fails: three_differences, flips_of_all_signs, p_value_is_never_zero, p_values_without_a_difference


def sign_flip_test(a, b, repeats, generator):
    d = a - b
    signs = 2 * torch.randint(2, (repeats, 1), generator=generator) - 1
    m = ((signs * d).mean(1).abs() >= d.mean().abs() - 1e-9).sum().item()
    return (1 + m) / (1 + repeats)
