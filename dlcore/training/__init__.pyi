from .checkpoint import CheckpointError as CheckpointError
from .checkpoint import load_checkpoint as load_checkpoint
from .checkpoint import save_checkpoint as save_checkpoint
from .early_stopping import EarlyStopping as EarlyStopping
from .history import History as History
from .loop import NonFiniteLossError as NonFiniteLossError
from .loop import fit as fit
from .loop import predict as predict
