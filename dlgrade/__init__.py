"""Exercises and their grading: the tests' kit, releases, and the proof that tests reject errors."""
