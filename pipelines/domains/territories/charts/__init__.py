"""Maps and charts of coverage."""
