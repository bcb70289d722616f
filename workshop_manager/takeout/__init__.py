"""All that is stored about somebody, for themselves: one archive, made in the worker, with their files."""
