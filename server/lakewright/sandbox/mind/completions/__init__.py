"""What comes next at a cursor, by rules on the document's own lines."""
