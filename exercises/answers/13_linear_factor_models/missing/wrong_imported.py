"""The answer imported from the library."""
# fails: all

from dlcore.factor import ppca_observed_log_likelihood as observed_log_likelihood
