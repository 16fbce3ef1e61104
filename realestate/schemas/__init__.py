"""WHAT IS SAID: wire shapes, `<Noun>Create`, `<Noun>Update`, `<Noun>Out`."""
