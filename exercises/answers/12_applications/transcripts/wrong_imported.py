"""The answer imported from the library."""
# fails: all

from dlcore.applications import ctc_collapse as collapse
