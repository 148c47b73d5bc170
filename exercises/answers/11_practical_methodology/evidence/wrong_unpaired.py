"""All scores are shuffled between the methods, across seeds."""
# fails: three_differences, flips_of_all_signs, p_values_without_a_difference


def sign_flip_test(a, b, repeats, generator):
    both, n, count = torch.cat([a, b]), len(a), 0
    for _ in range(repeats):
        order = torch.randperm(2 * n, generator=generator)
        count += bool((both[order[:n]].mean() - both[order[n:]].mean()).abs() >= (a - b).mean().abs() - 1e-9)
    return (1 + count) / (1 + repeats)
