"""What an edition keeps of people, until when, and what was removed: set by organisers, carried out by the worker."""
