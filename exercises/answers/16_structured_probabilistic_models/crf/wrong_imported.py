"""The answer imported from the library."""
# fails: all

from dlcore.graphical import crf_log_partition


def log_partition(U, T, lengths):
    return crf_log_partition(U, T, lengths)
