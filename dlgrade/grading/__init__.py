"""From a submitted notebook to points: read and repair, run in the sandbox, record."""
