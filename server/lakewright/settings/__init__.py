"""What the user set, from every source, with the origin of each value; and which host and login follow."""
