"""The repository checks itself. What needs no database is in `static`; `make check` runs that."""
