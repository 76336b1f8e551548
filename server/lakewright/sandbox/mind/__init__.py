"""The scripted model: it plans, reads through the offered tools and explains what it really found."""
