"""The pages: one blueprint an area, one file each, in the order of the house."""

from samskap.web.accounts import pages as accounts
from samskap.web.administration import pages as administration
from samskap.web.assignments import pages as assignments
from samskap.web.associations import pages as associations
from samskap.web.blueprint import Pages
from samskap.web.candidates import pages as candidates
from samskap.web.clearances import pages as clearances
from samskap.web.declarations import pages as declarations
from samskap.web.figures import pages as figures
from samskap.web.imports import pages as imports
from samskap.web.links import pages as links
from samskap.web.mailbox import pages as mailbox
from samskap.web.meetings import pages as meetings
from samskap.web.my_data import pages as my_data
from samskap.web.my_page import pages as my_page
from samskap.web.needs import pages as needs
from samskap.web.notices import pages as notices
from samskap.web.offers import pages as offers
from samskap.web.own_words import pages as own_words
from samskap.web.plans import pages as plans
from samskap.web.public import pages as public
from samskap.web.signup import pages as signup
from samskap.web.volunteers import pages as volunteers
from samskap.web.work_list import pages as work_list

PAGES: tuple[Pages, ...] = (
    public,
    accounts,
    links,
    signup,
    my_page,
    my_data,
    associations,
    needs,
    candidates,
    offers,
    assignments,
    meetings,
    declarations,
    notices,
    volunteers,
    own_words,
    imports,
    clearances,
    work_list,
    plans,
    figures,
    administration,
    mailbox,
)
"""Every blueprint that the service has; app.py registers them."""
