from .activation_stack import activation_stack as activation_stack
from .boundary_training import boundary_training as boundary_training
from .explorable import Explorable as Explorable
from .linear_map import linear_map as linear_map
from .panel import Panel as Panel
from .picture import Picture as Picture
from .step_through import step_through as step_through
