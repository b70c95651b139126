"""What kinds of indicators are made of, and several of them share."""
