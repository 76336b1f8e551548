"""Token counts, guessed from lengths: four characters to a token, as a rule of thumb has it."""

CHARACTERS_PER_TOKEN = 4
IMAGE_TOKENS = 1500


def count_text(text: str) -> int:
    """Tokens of a text; 0 for none."""
    return -(-len(text) // CHARACTERS_PER_TOKEN)
