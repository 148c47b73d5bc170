from .hidden_markov import HMM as HMM
from .hidden_markov import HMMFit as HMMFit
from .hidden_markov import ViterbiPath as ViterbiPath
from .hidden_markov import hmm_backward as hmm_backward
from .hidden_markov import hmm_forward as hmm_forward
from .hidden_markov import hmm_viterbi as hmm_viterbi
