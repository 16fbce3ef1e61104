"""WHAT IS KEPT: every statement that finds, locks, adds and changes. Flushes, never commits; rows are chosen by the wall."""
