"""What was done, what it cost and what it saved."""
