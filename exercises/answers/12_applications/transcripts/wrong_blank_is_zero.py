"""The blank is always 0."""
# fails: all_paths_of_five_frames, most_probable_path, sums_over_all_paths

_sum = ctc_log_prob


def collapse(path, blank=0):
    return [c for c, before in zip(path, [0, *path]) if c not in (0, before)]


def ctc_log_prob(log_probs, target, blank=0):
    return _sum(log_probs, target)
