"""The parts of the semantic cache benchmark; `benchmarks.semantic_cache` runs them."""
