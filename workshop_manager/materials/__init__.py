"""What belongs to the items of a programme afterwards: slides, posters, papers, code, recordings."""
