"""Values and ports that every layer shares: parts, messages, events, the fold, the `Model` port."""
