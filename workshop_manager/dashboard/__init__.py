"""Pages that look across features; reads only."""
