"""A house with as many cases as one likes, made by the database itself, the same for the same seed.

See `building.build`.
"""
