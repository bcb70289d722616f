"""Typesetting in a process of its own: the template, its fonts, and the program that runs them."""
