"""A search language over submissions, with tags, saved searches and acts on many at once."""
