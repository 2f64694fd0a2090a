"""Who acts: people, systems, their sign-in."""
