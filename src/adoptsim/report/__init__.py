"""What is made of a stored answer for people who do not use Python."""
