"""After the decisions: camera-ready versions, poster numbers, the book of abstracts and BibTeX."""
