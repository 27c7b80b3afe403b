"""One script a claim. `python -m benchmarks` runs those that need no peers and writes benchmarks/results/*.json."""
