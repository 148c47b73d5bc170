"""What makes the book out of its sources: execute, build, check, serve."""
