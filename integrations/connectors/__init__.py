"""One package per outside system; the registry line below is all a new one needs."""
