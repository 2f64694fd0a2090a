"""The sandbox ERP: a small ledger in a process of its own, and the target that speaks to it."""

from integrations.connectors.sandbox.target import SandboxTarget

TARGET = SandboxTarget()
