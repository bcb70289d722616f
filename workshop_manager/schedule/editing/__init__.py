"""The grid on which organisers arrange the draft: each change is saved at once, seen by the others, and undone."""
