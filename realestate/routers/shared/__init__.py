"""Resources that several audiences know: flat under /api; the guard decides who may call what."""
