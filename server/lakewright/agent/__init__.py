"""The loop of a run, its limits, its events and its history. It knows no wire and no front door."""
