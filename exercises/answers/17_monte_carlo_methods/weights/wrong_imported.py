"""The answer imported from the library."""
# fails: all

from dlcore.montecarlo import importance_ess as weight_ess
