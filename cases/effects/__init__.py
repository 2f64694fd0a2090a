"""What decided cases do to the books: accounts, periods, templates, journals and their effects."""
