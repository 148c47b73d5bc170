"""Never ends when the cell runs: not tried again for every test, and the others are graded."""
# states: timed out
# points: 2
while True: pass
def softmax(z): return torch.softmax(z, -1)
