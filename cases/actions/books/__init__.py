"""The books whose trial composes several capabilities."""
