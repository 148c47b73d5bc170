"""The answer imported from the library."""
# fails: all

import dlcore.inference


def bethe(unary, edges, pair, beliefs, pair_beliefs):
    return dlcore.inference.bethe_log_partition([], {}, [])
