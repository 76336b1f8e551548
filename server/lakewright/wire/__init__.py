"""Pure dialects: a request in, a body out; bytes of an answer in, events out. No I/O, no clock."""
