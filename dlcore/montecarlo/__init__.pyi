from .calibration import Calibration as Calibration
from .calibration import rank_uniformity as rank_uniformity
from .calibration import sbc_ranks as sbc_ranks
from .calibration import simulation_based_calibration as simulation_based_calibration
from .chains import Chains as Chains
from .invariance_tests import InvarianceTest as InvarianceTest
from .invariance_tests import invariance_test as invariance_test
