"""What people may change of words, and what the worker notes of searches."""
