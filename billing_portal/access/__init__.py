"""What they may: roles in words, grants, the actor of the moment."""
