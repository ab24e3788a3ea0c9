"""Paper as PDF: a licence with what stands on it, the code that checks it, and what it is not; and plain sheets."""

import logging
from datetime import datetime
from functools import cache
from io import BytesIO
from typing import Final

from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.enums import Align, WrapMode, XPos, YPos
from pylopdf_fonts_zh_cn import sans_path

from onecity.licences.papers import Page, Sheet
from onecity.machinery.qr import QrCode

# Both write the letters that they draw into the log, and here those are people's names.
for _library in ("fontTools", "fpdf"):
    logging.getLogger(_library).setLevel(logging.CRITICAL)

_FONT: Final = "noto"
_UNKNOWN: Final = "〓"
"""What printers set where their case lacks a letter."""

_PETROL: Final = (13, 74, 92)
_GREY: Final = (68, 83, 94)
_INK: Final = (20, 34, 43)
_MARGIN: Final = 22.0
_WIDTH: Final = 210.0 - 2 * _MARGIN
_CODE: Final = 46.0
_TERM: Final = 44.0


def drawn_page(page: Page, code: QrCode) -> bytes:
    """The paper as PDF."""
    pdf = blank(page.title, page.made)
    add_licence(pdf, page, code)
    return bytes_of(pdf)


def blank(title: str, made: datetime) -> FPDF:
    """A PDF without a sheet. Units: millimetres on A4."""
    pdf = FPDF(format="A4")
    pdf.set_creation_date(made)
    pdf.set_title(title)
    pdf.set_margin(_MARGIN)
    pdf.add_font(_FONT, "", sans_path())
    return pdf


def bytes_of(pdf: FPDF) -> bytes:
    """A PDF as it is sent."""
    written = BytesIO()
    pdf.output(written)
    return written.getvalue()


def add_licence(pdf: FPDF, page: Page, code: QrCode) -> None:
    """A licence on a sheet of its own."""
    pdf.add_page()
    text = Text(pdf)
    text.block(page.warning, 11, _PETROL, gap=6)
    text.block(page.issuer, 12, _GREY, gap=1)
    text.block(page.title, 28, _PETROL, gap=6)
    for term, value in page.lines:
        text.row(term, value)
    pdf.ln(6)
    _draw(pdf, code, _MARGIN, pdf.get_y())
    top = pdf.get_y()
    pdf.set_left_margin(_MARGIN + _CODE + 6)
    pdf.set_y(top + 2)
    text.block(page.how, 11, _INK, gap=3)
    text.block(page.address, 8, _GREY, gap=3)
    text.block(page.identifier, 8, _INK, gap=3)
    pdf.set_left_margin(_MARGIN)
    pdf.set_y(max(pdf.get_y(), top + _CODE + 6))
    text.block(page.warning, 11, _PETROL, gap=2)
    if text.lacks:
        text.block(page.lacking, 9, _GREY, gap=0)


def add_sheet(pdf: FPDF, sheet: Sheet) -> None:
    """A plain sheet: an address, or a letter."""
    pdf.add_page()
    text = Text(pdf)
    text.block(sheet.sender, 11, _GREY, gap=sheet.room)
    text.block(sheet.title, sheet.size, _INK, gap=5)
    for paragraph in sheet.paragraphs:
        text.block(paragraph, 13, _INK, gap=2.5)
    pdf.ln(4)
    for line in sheet.notes:
        text.block(line, 9, _GREY, gap=1)


class Text:
    """Sets lines; a letter that the font lacks is printed as its mark, and remembered."""

    def __init__(self, pdf: FPDF) -> None:
        self._pdf = pdf
        self.lacks = False

    def block(self, text: str, size: int, colour: tuple[int, int, int], *, gap: float) -> None:
        """A paragraph, and the room below it."""
        self._set(size, colour)
        self._cell(0, size * 0.55, text)
        self._pdf.ln(gap)

    def row(self, term: str, value: str) -> None:
        """A fact: what it is on the left, the fact beside it."""
        top = self._pdf.get_y()
        self._set(11, _GREY)
        self._cell(_TERM, 7, term)
        below = self._pdf.get_y()
        self._set(13, _INK)
        self._pdf.set_xy(_MARGIN + _TERM, top)
        self._cell(_WIDTH - _TERM, 7, value)
        self._pdf.set_y(max(below, self._pdf.get_y()) + 1.5)

    def _cell(self, width: float, height: float, text: str) -> None:
        self._pdf.multi_cell(
            width,
            height,
            self._known(text),
            align=Align.L,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
            wrapmode=WrapMode.CHAR,
        )

    def _set(self, size: int, colour: tuple[int, int, int]) -> None:
        self._pdf.set_font(_FONT, size=size)
        self._pdf.set_text_color(*colour)

    def _known(self, text: str) -> str:
        shown = "".join(sign if sign == "\n" or ord(sign) in _letters() else _UNKNOWN for sign in text)
        self.lacks = self.lacks or shown != text
        return shown


def _draw(pdf: FPDF, code: QrCode, x: float, y: float) -> None:
    module = _CODE / code.size
    pdf.set_fill_color(0)
    for bar in code.bars:
        pdf.rect(x + bar.x * module, y + bar.y * module, bar.width * module, bar.height * module, style="F")


@cache
def _letters() -> frozenset[int]:
    """The letters that the font can print."""
    with TTFont(sans_path(), lazy=True) as font:
        return frozenset(font.getBestCmap())
