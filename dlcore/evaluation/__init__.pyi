from .calibration import expected_calibration_error as expected_calibration_error
from .classification import accuracy as accuracy
from .classification import confusion_matrix as confusion_matrix
from .fairness import demographic_parity_difference as demographic_parity_difference
from .scaling_laws import PowerLaw as PowerLaw
from .scaling_laws import doubling_time as doubling_time
from .scaling_laws import fit_power_law as fit_power_law
from .scaling_laws import training_flops as training_flops
