"""Construction projects (工程建设项目): one code, four stages, one form a stage, and a plan that explains each day."""

from onecity.services.projects.declared import PROJECT_APPROVAL, PROJECT_FORM
from onecity.services.projects.facts import FACTS
from onecity.services.projects.projections import PROJECTS
from onecity.services.projects.usecases import Projects

__all__ = ["FACTS", "PROJECTS", "PROJECT_APPROVAL", "PROJECT_FORM", "Projects"]
