"""A registry holds one thing per key, in the order of installation."""

from dataclasses import dataclass

import pytest

from billing_portal.kernel.pure.registry import NotInstalled, Registry


@dataclass(frozen=True)
class Thing:
    key: str


def test_things_are_found_by_key_and_listed_in_order():
    registry: Registry[Thing] = Registry("thing")
    second, first = registry.register(Thing("b")), registry.register(Thing("a"))

    assert list(registry) == [second, first]
    assert registry.get("a") is first
    assert "b" in registry
    assert len(registry) == 2


def test_the_same_thing_twice_is_one_and_two_of_a_key_are_a_mistake():
    registry: Registry[Thing] = Registry("thing")
    thing = registry.register(Thing("a"))

    assert registry.register(thing) is thing
    with pytest.raises(ValueError, match="Two things"):
        registry.register(Thing("a"))


def test_what_is_not_installed_is_named_with_what_is():
    registry: Registry[Thing] = Registry("thing")
    registry.register(Thing("a"))

    with pytest.raises(NotInstalled, match=r"“x”.*a"):
        registry.get("x")
