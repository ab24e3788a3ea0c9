"""Fees that people owe for what they ask of the city: demanded with their basis, paid, receipted, given back, balanced
every day against the book of whoever took the money."""

from onecity.payments.cited import CITED
from onecity.payments.facts import FACTS, FeePaid, RefundOrdered, RefundPaid
from onecity.payments.model import Payment, State
from onecity.payments.projections import DAYS, PAYMENTS
from onecity.payments.rules import Why, hinders
from onecity.payments.usecases import Till, payment_of, payments_of
from onecity.payments.usecases.demanding import Owed, demand, give_up

__all__ = [
    "CITED",
    "DAYS",
    "FACTS",
    "PAYMENTS",
    "FeePaid",
    "Owed",
    "Payment",
    "RefundOrdered",
    "RefundPaid",
    "State",
    "Till",
    "Why",
    "demand",
    "give_up",
    "hinders",
    "payment_of",
    "payments_of",
]
