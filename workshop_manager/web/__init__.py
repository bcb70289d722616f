"""Everything between HTTP and a feature: the request's unit of work, access, forms, pages, headers."""
