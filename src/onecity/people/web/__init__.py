"""The pages of the door: sign in, open an account, sign out."""

from onecity.people.web.pages import PeoplePages

__all__ = ["PeoplePages"]
