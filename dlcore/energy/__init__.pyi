from .bridge import bridge_sampling as bridge_sampling
from .contrastive_divergence import CDBias as CDBias
from .contrastive_divergence import PersistentStep as PersistentStep
from .contrastive_divergence import cd_bias as cd_bias
from .contrastive_divergence import contrastive_divergence as contrastive_divergence
from .contrastive_divergence import (
    expected_contrastive_divergence as expected_contrastive_divergence,
)
from .contrastive_divergence import gibbs_transition_matrix as gibbs_transition_matrix
from .contrastive_divergence import (
    persistent_contrastive_divergence as persistent_contrastive_divergence,
)
from .contrastive_divergence import rbm_exact_gradient as rbm_exact_gradient
from .deep_boltzmann import DeepBoltzmannMachine as DeepBoltzmannMachine
from .deep_boltzmann import train_dbm as train_dbm
from .energy_model import EBMHistory as EBMHistory
from .energy_model import EnergyModel as EnergyModel
from .energy_model import grid_log_partition as grid_log_partition
from .energy_model import train_ebm as train_ebm
from .enumeration import binary_states as binary_states
from .enumeration import streaming_log_partition as streaming_log_partition
from .gaussian_rbm import GaussianRBM as GaussianRBM
from .hard_negatives import hard_negative_mining as hard_negative_mining
from .noise_contrastive import nce_covariance as nce_covariance
from .noise_contrastive import nce_loss as nce_loss
from .noise_contrastive import nce_posterior as nce_posterior
from .partition_estimates import LogPartition as LogPartition
from .partition_estimates import importance_log_partition as importance_log_partition
from .partition_estimates import reciprocal_log_partition as reciprocal_log_partition
from .pseudo_likelihood import pseudo_log_likelihood as pseudo_log_likelihood
from .pseudo_likelihood import ratio_matching_loss as ratio_matching_loss
from .rating_rbm import RatingRBM as RatingRBM
from .rating_rbm import train_rating_rbm as train_rating_rbm
from .rbm import RBM as RBM
from .rbm_annealing import AnnealedPartition as AnnealedPartition
from .rbm_annealing import RBMPath as RBMPath
from .rbm_annealing import rbm_ais as rbm_ais
from .rbm_annealing import reverse_ais as reverse_ais
from .rbm_training import RBMHistory as RBMHistory
from .rbm_training import train_rbm as train_rbm
from .score_matching import denoising_score_matching_loss as denoising_score_matching_loss
from .score_matching import explicit_score_matching_loss as explicit_score_matching_loss
from .score_matching import fisher_divergence as fisher_divergence
from .score_matching import score as score
from .score_matching import score_matching_loss as score_matching_loss
from .score_matching import sliced_score_matching_loss as sliced_score_matching_loss
from .tempered_rbm import TemperedRBM as TemperedRBM
from .vocabulary_losses import chunked_cross_entropy as chunked_cross_entropy
from .vocabulary_losses import sampled_softmax_loss as sampled_softmax_loss
from .vocabulary_losses import self_normalized_loss as self_normalized_loss
from .word_prediction import LogBilinearModel as LogBilinearModel
from .word_prediction import train_word_predictor as train_word_predictor
