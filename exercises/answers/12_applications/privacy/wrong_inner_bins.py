"""The open bins at both ends left out, and counts for shares."""
# fails: two_bins, epsilon_bin_by_bin


def empirical_epsilon(a, b, edges, least):
    largest = 0.0
    for low, high in zip(edges.tolist(), edges.tolist()[1:]):
        m, n = (int(((x >= low) & (x < high)).sum()) for x in (a, b))
        if min(m, n) >= least:
            largest = max(largest, abs(math.log(m / n)))
    return largest
