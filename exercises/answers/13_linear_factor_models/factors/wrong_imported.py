"""The answer imported from the library."""
# fails: all

from dlcore.factor import fa_em_step
