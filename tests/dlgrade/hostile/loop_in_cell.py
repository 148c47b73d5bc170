"""Never ends when the cell runs: not tried again for every test."""
# states: timed out
# points: 0
while True: pass
