"""Every verb a person or a task has; composes the capabilities."""
