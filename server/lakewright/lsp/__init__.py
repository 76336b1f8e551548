"""The language server: a skin over the tasks. LSP's own types stay in here."""
