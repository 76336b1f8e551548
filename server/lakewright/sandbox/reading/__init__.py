"""Reading code by its looks: line numbers, indentation, braces, keywords; no parser, no other layer's help."""
