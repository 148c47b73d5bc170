"""os._exit when the cell runs: nothing can be graded."""
# states: crashed
# points: 0
import os
os._exit(0)
