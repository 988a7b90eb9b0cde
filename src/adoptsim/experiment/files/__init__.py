"""What a scenario or experiment file may say, how it is read and checked, and what it would do."""
