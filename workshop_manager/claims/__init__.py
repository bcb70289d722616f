"""Claims of what was spent of an award, with receipts, what a treasurer decides about them, and payments."""
