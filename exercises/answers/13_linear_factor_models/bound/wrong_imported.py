"""The answer imported from the library."""
# fails: all

from dlcore.factor import ppca_elbo as elbo
