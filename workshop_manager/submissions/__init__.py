"""Calls for papers, submissions, their authors and files."""
