"""The pages: one blueprint an area, one file each, in the order of the house."""

from samskap.web.accounts import pages as accounts
from samskap.web.administration import pages as administration
from samskap.web.blueprint import Pages
from samskap.web.links import pages as links
from samskap.web.public import pages as public

PAGES: tuple[Pages, ...] = (public, accounts, links, administration)
"""Every blueprint that the service has; app.py registers them."""
