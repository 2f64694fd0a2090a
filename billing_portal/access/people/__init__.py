"""The set-up pages of people: who they are, what they may, what they did."""
