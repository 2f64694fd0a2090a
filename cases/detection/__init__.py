"""From changed facts to findings to cases."""
