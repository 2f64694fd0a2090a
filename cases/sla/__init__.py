"""By when: targets, calendars, business time."""
