"""Reports of books, reconciliations and costs; one way of telling a file."""
