"""Where a student's code runs: its own process, without files, network, or a way out."""
