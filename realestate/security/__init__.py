"""Who somebody is: passwords and tokens. No HTTP, no SQL."""
