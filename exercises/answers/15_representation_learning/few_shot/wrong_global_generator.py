"""The generator is ignored."""
# fails: episodes_at_random

plain = sample_episode


def sample_episode(labels, ways, shots, queries, generator):
    return plain(labels, ways, shots, queries, None)
