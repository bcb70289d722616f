"""Who reads what: given by hand or proposed by a solver."""
