"""The JSON API under `/api/v1/`: addresses, pages, problems and its description.

What it says of cases and of integrations stands in `cases.api` and `integrations.api`.
"""
