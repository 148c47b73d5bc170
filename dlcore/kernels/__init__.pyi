from .activations import bias_activation as bias_activation
from .activations import swiglu as swiglu
from .cross_entropy import cross_entropy as cross_entropy
from .normalization import layer_norm as layer_norm
from .normalization import rms_norm as rms_norm
from .operators import last_backend as last_backend
from .softmax import log_softmax as log_softmax
from .softmax import softmax as softmax
