"""Reading code by its looks: line numbers, indentation, braces, keywords. No parser, no other layer."""
