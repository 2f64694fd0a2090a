"""PostgreSQL and Valkey from their wheels, under our own configuration and supervision.

Needs no Django: settings ask `discovery` what runs here.
"""
