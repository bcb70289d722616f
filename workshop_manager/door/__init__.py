"""On the day: who came in, what they were handed, and the badges they wear."""
