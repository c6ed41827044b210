"""Counts what the pipeline "customers" has to give, independently of it: the standard library's csv module alone.

Usage: python3 tests/customers_oracle.py [file.csv]     prints one JSON object.
"""

import csv
import datetime
import json
import pathlib
import re
import sys
from collections import Counter

COLUMNS = "customer_id first_name last_name email age country city signed_up total_spent".split()
BLANK = " \t\n\r\v\f\u00a0"
USA = {"USA", "US", "UNITED STATES", "UNITED STATES OF AMERICA"}
DIGITS = r"[0-9]+(_[0-9]+)*"


def whole_number(text, low, high):
    digits = re.sub(r"\.0*$", "", text)
    if not re.fullmatch(rf"[+-]?{DIGITS}", digits):
        raise ValueError
    if not low <= int(digits) <= high:
        raise ValueError


def date(text):
    match = re.fullmatch(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})", text)
    if not match:
        raise ValueError
    datetime.date(*map(int, match.groups()))


def decimal_12_2(text):
    match = re.fullmatch(rf"[+-]?((?P<whole>{DIGITS})\.?(?P<part>[0-9]*)|\.(?P<only>[0-9]+))", text)
    if not match:
        raise ValueError
    part = (match["part"] or match["only"] or "").rstrip("0")
    if len(part) > 2 or len((match["whole"] or "").replace("_", "").lstrip("0")) > 10:
        raise ValueError


CHECKS = {
    "customer_id": lambda text: whole_number(text, -(2**63), 2**63 - 1),
    "age": lambda text: whole_number(text, 0, 120),
    "signed_up": date,
    "total_spent": decimal_12_2,
}


def refused_field(fields):
    """The first column at fault; "" where it is the whole record; None where the record is taken."""
    if any(text != "" for text in fields[len(COLUMNS):]):
        return ""
    row = dict(zip(COLUMNS, fields))
    if row.get("customer_id", "") == "":
        return "customer_id"
    for column, check in CHECKS.items():
        text = row.get(column, "")
        try:
            if text != "":
                check(text.strip(BLANK))
        except ValueError:
            return column
    return None


def complete(row):
    named = row.get("first_name", "").strip(" ") != "" and row.get("last_name", "").strip(" ") != ""
    return named and row.get("email", "").find("@") > 0 and row.get("age", "") != ""


def in_usa(row):
    return row.get("country", "").strip(" ").replace(".", "").upper() in USA


def count(file):
    with open(file, newline="", encoding="utf-8-sig") as stream:
        reader = csv.reader(stream)
        assert next(reader) == COLUMNS
        records = [fields for fields in reader if fields]
    refused = [refused_field(fields) for fields in records]
    taken = [dict(zip(COLUMNS, fields)) for fields, field in zip(records, refused) if field is None]
    whole = [row for row in taken if complete(row)]
    usa = sum(map(in_usa, whole))
    rejected = len(records) - len(taken)
    return {
        "rows": len(records),
        "rejected": rejected,
        "rejected_by_field": dict(sorted(Counter(field for field in refused if field is not None).items())),
        "parsed": len(taken),
        "incomplete": len(taken) - len(whole),
        "complete": len(whole),
        "usa": usa,
        "foreign": len(whole) - usa,
        "alerts": len(taken) - len(whole) + rejected,
        "customers": len({int(re.sub(r"\.0*$", "", row["customer_id"].strip(BLANK))) for row in taken}),
    }


if __name__ == "__main__":
    default = pathlib.Path(__file__).parent.parent / "resources" / "data" / "customers.csv"
    print(json.dumps(count(sys.argv[1] if len(sys.argv) > 1 else default)))
