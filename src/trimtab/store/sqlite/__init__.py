"""The store in one SQLite file, with vectors mirrored in memory."""
