"""Market data: importers, datasets, sanity, synthesis, feeds."""
