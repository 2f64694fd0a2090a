"""Taking files in and reporting what became of them, down to the cases they led to.

Stands above detection and the case types because its report needs both; commands and the upload
page call it.
"""
