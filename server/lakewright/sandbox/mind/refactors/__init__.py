"""The changes that the scripted model knows, one file each, joined in `table`."""
