"""The answer imported from the library."""
# fails: all

from dlcore.applications import discounted_returns as returns
