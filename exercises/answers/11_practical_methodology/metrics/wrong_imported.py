"""The answer imported from the library."""
# fails: all

from dlcore.evaluation import confusion_matrix as confusion
