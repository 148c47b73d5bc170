from .classification import accuracy as accuracy
from .classification import confusion_matrix as confusion_matrix
