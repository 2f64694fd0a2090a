"""What people do with appeals and a denial's other ways.

Every action takes the row as the caller saw it (`seen_version`), says who and when, and returns the
row as it is then. Doors fetch appeals through `Appeal.objects.visible_to(user)`.
"""
