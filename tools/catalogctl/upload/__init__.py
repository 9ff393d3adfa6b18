"""Upload the difference between a built tree and a published one, in an order safe for readers."""
