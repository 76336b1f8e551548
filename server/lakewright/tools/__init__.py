"""The model's tools: one file each, joined in `registry`. They read through the workspace's guard."""
