"""Who takes part: kinds, seats, waitlist, tickets."""
