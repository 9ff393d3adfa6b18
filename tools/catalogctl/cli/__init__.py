"""The terminal: options in, one call to each room, text and an exit code out."""
