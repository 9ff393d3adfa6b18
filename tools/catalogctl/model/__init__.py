"""Put a checked document, its lock and its dates together to a `Plugin`."""
