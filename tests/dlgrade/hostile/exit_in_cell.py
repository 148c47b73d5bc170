"""os._exit when the cell runs: the cells beside it are graded."""
# states: missing
# points: 2
import os
os._exit(0)
