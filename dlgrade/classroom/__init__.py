"""What an instructor does around the grading, on top of nbgrader's gradebook."""
