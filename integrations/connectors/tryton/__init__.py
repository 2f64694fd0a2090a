"""Tryton, an ERP: journals, supplier invoices and payments over its REST interface."""

from integrations.connectors.tryton.target import TrytonTarget

TARGET = TrytonTarget()
