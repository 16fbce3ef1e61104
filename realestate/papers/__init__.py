"""What is made from rows for other programs and for paper."""
