"""The same four requests, answered by this application and by what people would use instead. Run by `./scripts/bench`."""
