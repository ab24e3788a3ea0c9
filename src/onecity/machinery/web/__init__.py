"""Pages and interfaces: routes that declare who may, one strict way in, components and the shells of every page."""

from onecity.machinery.web.api import Once, Operation
from onecity.machinery.web.app import build_app
from onecity.machinery.web.forms import Form
from onecity.machinery.web.language import preferred
from onecity.machinery.web.look import kept_for, packed
from onecity.machinery.web.pages import Cited, Pages
from onecity.machinery.web.paging import Paging
from onecity.machinery.web.routes import EVERYBODY, OFFICER, SIGNED_IN, Route, Who, holding
from onecity.machinery.web.site import Door, Site
from onecity.machinery.web.visit import ActingFor, Visit, Visitor

__all__ = [
    "EVERYBODY",
    "OFFICER",
    "SIGNED_IN",
    "ActingFor",
    "Cited",
    "Door",
    "Form",
    "Once",
    "Operation",
    "Pages",
    "Paging",
    "Route",
    "Site",
    "Visit",
    "Visitor",
    "Who",
    "build_app",
    "holding",
    "kept_for",
    "packed",
    "preferred",
]
