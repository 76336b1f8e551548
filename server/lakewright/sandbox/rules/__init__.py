"""What the simulated service refuses, in its own words; `check` has the order."""
