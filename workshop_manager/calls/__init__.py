"""The call for abstracts: what it says, when it is open, and what it asks for."""
