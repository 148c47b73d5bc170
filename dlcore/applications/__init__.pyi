from .bandits import BanditRun as BanditRun
from .bandits import epsilon_greedy_bandit as epsilon_greedy_bandit
