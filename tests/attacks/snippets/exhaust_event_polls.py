"""Watches each file under many numbers in many polls, which takes the account's share of them."""

ANSWER = """
import select
attempt("a poll", select.epoll)
attempt("a poll by number", system_call, "epoll_create1", 0)
"""
EVIDENCE = "(?s)a poll was refused.*a poll by number was refused"
HAZARD = "it uses up the account's polls"
