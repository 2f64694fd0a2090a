"""Commands that take files in and report the cases they lead to."""
