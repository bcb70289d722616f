"""Access codes, whatever they open: drawn at random, counted under a lock, tried a few times only."""
