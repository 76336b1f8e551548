"""Reports about a book, as plain text."""

from .book import Book
from .money import show, total


def monthly(book: Book, year: int) -> list[str]:
    """Twelve lines: the month and its gross sum."""
    lines = []
    for month in range(1, 13):
        chosen = [entry for entry in book.entries if (entry.day.year, entry.day.month) == (year, month)]
        lines.append(f"{year}-{month:02} {show(total(entry.gross for entry in chosen)):>12}")
    return lines


def summary(book: Book) -> str:
    """One line about the whole book."""
    return f"{len(book.entries)} entries, {show(book.balance())} in all"
