"""Computes every answer of the conformance suite from the same rows, in plain Python: no engine, no SQL.

Usage: python3 tests/conformance/oracle.py     prints {pipeline: {"filters": {…}, "analyses": {…}}}.
"""

import json
import math
import pathlib
from collections import defaultdict
from datetime import datetime, timedelta, timezone
from decimal import Decimal

ROWS = pathlib.Path(__file__).parent / "rows"
NOW = datetime(2026, 11, 22, 12, tzinfo=timezone.utc)


def read(pipeline, name):
    with open(ROWS / pipeline / f"{name}.ndjson", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def time(text):
    return None if text is None else datetime.fromisoformat(text.replace("Z", "+00:00"))


def mean(values):
    known = [value for value in values if value is not None]
    return math.fsum(known) / len(known) if known else None


def total(values):
    known = [value for value in values if value is not None]
    return sum(known) if known else None


def greatest(values):
    return max((value for value in values if value is not None), default=None)


def groups(rows, *keys):
    found = defaultdict(list)
    for row in rows:
        found[tuple(row[key] for key in keys)].append(row)
    return found.items()


def nulls_last(value, descending=False):
    return (value is None, 0 if value is None else -value if descending else value)


def table(columns, rows):
    return {"columns": columns.split(), "rows": [list(row) for row in rows]}


def records(rows):
    return [list(row.values()) for row in rows]


# customers


def customers():
    kept, refused = [], []
    for row in read("customers", "customers-raw"):
        reason = why_incomplete(row)
        if reason is None:
            kept.append(cleaned(row))
        else:
            refused.append({**row, "reason": reason})
    valid = read("customers", "customers-valid")
    names = ("USA", "US", "UNITED STATES", "UNITED STATES OF AMERICA")
    in_usa = [{**row, "country": "USA"} for row in valid if row["country"] in names]
    return {
        "filters": {
            "complete": {"kept": records(kept), "otherwise": records(refused), "dropped": 0},
            "usa": {"kept": records(in_usa), "dropped": len(valid) - len(in_usa)},
        },
        "analyses": {
            "spending_by_city": spending_by_city(),
            "ages": ages(),
            "reasons": reasons(),
            "sign_ups": by_year("customers", "customers_usa", "signed_up", "sign_up_year customers"),
        },
    }


def why_incomplete(row):
    """The first clause that is false or null, as dead letters tell it; None where all are true."""
    email = row["email"]
    clauses = {
        "trim(first_name) <> ''": filled(row["first_name"]),
        "trim(last_name) <> ''": filled(row["last_name"]),
        "instr(email, '@') > 1": None if email is None else email.find("@") >= 1,
        "age IS NOT NULL": row["age"] is not None,
    }
    refused = [f"{clause} is {'null' if value is None else 'false'}" for clause, value in clauses.items() if not value]
    return refused[0] if refused else None


def filled(text):
    return None if text is None else text.strip(" ") != ""


def cleaned(row):
    clean = {key: text.strip(" ") if isinstance(text, str) else text for key, text in row.items()}
    country = clean["country"]
    return {**clean, "email": clean["email"].lower(), "country": country and country.replace(".", "").upper()}


def money(value):
    return None if value is None else f"{value:.2f}"


def spending_by_city():
    rows = []
    for (city,), found in groups(read("customers", "customers_usa"), "city"):
        if city:
            spent = total([row["total_spent"] and Decimal(row["total_spent"]) for row in found])
            rows.append((city, len(found), spent))
    rows.sort(key=lambda row: (nulls_last(row[2], True), row[0].encode()))
    return table("city customers total_spent", [(city, n, money(spent)) for city, n, spent in rows[:10]])


def age_group(age):
    if age is None:
        return "75 and over"
    for limit, name in ((18, "under 18"), (35, "18 to 34"), (55, "35 to 54"), (75, "55 to 74")):
        if age < limit:
            return name
    return "75 and over"


def ages():
    rows = [{"group": age_group(row["age"]), "age": row["age"]} for row in read("customers", "customers_usa")]
    found = [(name, len(of), mean([row["age"] for row in of])) for (name,), of in groups(rows, "group")]
    return table("age_group customers mean_age", sorted(found, key=lambda row: row[2]))


def reasons():
    found = [(reason, len(of)) for (reason,), of in groups(read("customers", "customers_alerts"), "reason")]
    return table("reason records", sorted(found, key=lambda row: (-row[1], row[0].encode())))


def by_year(pipeline, name, column, columns):
    rows = [{"year": int(row[column][:4])} for row in read(pipeline, name) if row[column] is not None]
    return table(columns, sorted((year, len(of)) for (year,), of in groups(rows, "year")))


# space-objects


def space_objects():
    data = read("space-objects", "space_data")
    known = [row for row in data if row["diameter_m"] is not None and row["distance_km"] is not None]
    dangerous = [row for row in known if row["diameter_m"] > 140 and row["distance_km"] < 7500000]
    objects = read("space-objects", "objects")
    fastest = sorted(objects, key=lambda row: (nulls_last(row["speed_kms"], True), row["id"].encode()))[:5]
    return {
        "filters": {"dangerous": {"kept": records(dangerous), "dropped": len(data) - len(dangerous)}},
        "analyses": {
            "last_24h": last_24h(objects),
            "top5_fastest": table(
                "id name kind speed_kms", [(row["id"], row["name"], row["kind"], row["speed_kms"]) for row in fastest]
            ),
        },
    }


def last_24h(objects):
    since = NOW - timedelta(hours=24)
    recent = [row for row in objects if row["observed_at"] is not None and time(row["observed_at"]) > since]
    rows = [
        (kind, len(of), mean([row["speed_kms"] for row in of]), greatest([row["diameter_m"] for row in of]))
        for (kind,), of in groups(recent, "kind")
    ]
    return table("kind n mean_speed_kms widest_m", sorted(rows))


# planetarium


def planetarium():
    planets = read("planetarium", "discoveries")
    rows = sorted(map(lambda planet: predicted(planet, planets), planets), key=lambda row: row[0].encode())
    return {
        "filters": {},
        "analyses": {
            "predict_radius": table("name star method mass radius predicted_radius residual class", rows),
            "discoveries_by_year": by_year("planetarium", "discoveries", "discovered_on", "discovery_year planets"),
        },
    }


def predicted(planet, planets):
    """A least-squares line through log(mass) and log(radius) of the others, read at this planet's mass."""
    others = [other for other in planets if other["name"] != planet["name"] and other["radius"] is not None]
    points = [(math.log(other["mass"]), math.log(other["radius"])) for other in others]
    mean_x, mean_y = mean([x for x, _ in points]), mean([y for _, y in points])
    across = math.fsum((x - mean_x) ** 2 for x, _ in points)
    slope = math.fsum((x - mean_x) * (y - mean_y) for x, y in points) / across
    guess = math.exp(mean_y + slope * (math.log(planet["mass"]) - mean_x))
    radius = planet["radius"]
    known = guess if radius is None else radius
    size = "terrestrial" if known < 1.25 else "super-earth" if known < 2 else "neptune-like" if known < 6 else "gas giant"
    residual = None if radius is None else radius - guess
    return [planet["name"], planet["star"], planet["method"], planet["mass"], radius, guess, residual, size]


# instocknow


def instocknow():
    data = read("instocknow", "instocknow-input")
    low = [row for row in data if row["alert"] is True]
    alerts = read("instocknow", "alerts")
    closed = [row for row in read("instocknow", "missing_products") if row["open"] is False]
    hours = [{"hour": time(row["seen_at"]).hour} for row in alerts]
    return {
        "filters": {"low_stock": {"kept": records(low), "dropped": len(data) - len(low)}},
        "analyses": {
            "most_missing": most_missing(closed),
            "busiest_aisles": busiest_aisles(alerts),
            "shortage_hours": table(
                "hour_of_day alerts", sorted((hour, len(of)) for (hour,), of in groups(hours, "hour"))
            ),
            "how_long_missing": how_long_missing(closed),
        },
    }


def most_missing(closed):
    rows = [(product, len(of), total([row["alerts"] for row in of])) for (product,), of in groups(closed, "product")]
    return table("product times_missing alerts", sorted(rows, key=lambda row: (-row[1], row[0].encode()))[:10])


def busiest_aisles(alerts):
    rows = [(shop, aisle, len(of)) for (shop, aisle), of in groups(alerts, "shop", "aisle")]
    rows.sort(key=lambda row: (-row[2], row[0].encode(), nulls_last(row[1])))
    return table("shop aisle alerts", rows[:20])


def how_long_missing(closed):
    rows = []
    for (product,), of in groups(closed, "product"):
        known = [row for row in of if row["first_seen"] is not None]
        seconds = [whole_seconds(row["last_seen"]) - whole_seconds(row["first_seen"]) for row in known]
        rows.append((product, mean(seconds), greatest(seconds)))
    return table("product mean_seconds longest_seconds", sorted(rows, key=lambda row: row[0].encode()))


def whole_seconds(text):
    return math.floor(time(text).timestamp())


# weather


def weather():
    history = [{**row, "day": row["observed_at"][:10]} for row in read("weather", "history")]
    days = list(groups(history, "city", "day"))
    means = [(city, day, mean([row["temperature_c"] for row in of])) for (city, day), of in days]
    rain = [{"city": city, "mm": total([row["precipitation_mm"] for row in of])} for (city, _), of in days]
    wet = [
        (city, sum(row["mm"] is not None and row["mm"] >= 1 for row in of), len(of))
        for (city,), of in groups(rain, "city")
    ]
    return {
        "filters": {},
        "analyses": {
            "daily_mean": table(
                "city observed_on mean_temperature_c", sorted(means, key=lambda row: (row[0].encode(), row[1]))
            ),
            "warmest_city": warmest_city(history),
            "rain_days": table("city rain_days all_days", sorted(wet, key=lambda row: (-row[1], row[0].encode()))),
        },
    }


def warmest_city(history):
    rows = []
    for (city,), of in groups(history, "city"):
        degrees = [row["temperature_c"] for row in of]
        rows.append((city, mean(degrees), greatest(degrees)))
    rows.sort(key=lambda row: (nulls_last(row[1], True), row[0].encode()))
    return table("city mean_temperature_c highest_c", rows[:1])


if __name__ == "__main__":
    answers = {
        "customers": customers(),
        "instocknow": instocknow(),
        "planetarium": planetarium(),
        "space-objects": space_objects(),
        "weather": weather(),
    }
    print(json.dumps(answers, ensure_ascii=False, indent=2))
