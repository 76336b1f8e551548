"""What a user can ask for. A command is one file here, its prompt, and a line in `registry`."""
