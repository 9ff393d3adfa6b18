"""Images in, locks out: which versions a registry has, asked politely and believed carefully."""
