"""Reading foreign programmes: one module a format, all giving the same values. No database, no web.

`read` is the way in; `values` holds what it gives.
"""
