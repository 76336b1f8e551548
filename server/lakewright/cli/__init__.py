"""The headless program: argv in, text, JSON or JSON lines out. No logic of the tasks."""
