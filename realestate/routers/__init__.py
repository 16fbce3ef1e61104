"""WHO MAY ASK: a route is a sentence."""
