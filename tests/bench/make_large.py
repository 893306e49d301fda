"""Makes a large park for speed and scale, in the form of the demonstration park's JSON lines.

    python -m tests.bench.make_large --listings 100000 --needs 5000 --seed 1 --out DIR

The same seed, counts and data files give the same bytes. Term frequencies fall off like Zipf's law over
categories, products, places and sentence patterns; about one listing in fifteen uses an alias, one in forty a
mistyping or traditional characters, one in a hundred is a 求购 that offers nothing.
"""

import argparse
import datetime as dt
import json
import random
import re
import time
from pathlib import Path

from stdnum.cn import uscc

from marketplace.demo import seed
from tests.bench.material import Material
from tests.bench.phrases import (
    CLOSINGS,
    FIRST,
    GRADES,
    MIDDLES,
    NEED_CLOSINGS,
    NEED_MIDDLES,
    NEED_OPENINGS,
    OPENINGS,
    SECOND,
    STANDARDS,
    SUFFIX,
    TAILS,
    WANT,
)

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
TODAY = seed.REFERENCE_DAY


def credit_code(rnd):
    """A code with both check characters right and division 990000, which no place has: it belongs to nobody."""
    body = "LG" + "".join(rnd.choice(LETTERS) for _ in range(6))
    code = "91990000" + body + organisation_check(body)
    return code + uscc.calc_check_digit(code)


def organisation_check(body):
    """The check character of an eight character organisation code, GB 11714."""
    figures = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    rest = 11 - sum(figures.index(c) * weight for c, weight in zip(body, weights, strict=True)) % 11
    return "X" if rest == 10 else "0" if rest == 11 else str(rest)


def jitter(text, rnd):
    """The same phrase with other numbers now and then, so that no two listings need carry equal figures."""

    def other(m):
        value = m.group(0)
        if rnd.random() < 0.4 or len(value) > 6:
            return value
        return str(max(1, round(int(value) * rnd.choice((0.5, 0.8, 0.9, 1, 1.1, 1.2, 1.5, 2)))))

    return re.sub(r"(?<![\d.A-Za-z/])\d+(?![\d.A-Za-z%℃])", other, text)


def round_qty(x):
    x = max(1, int(x))
    scale = 10 ** max(0, len(str(x)) - 2)
    return max(1, round(x / scale) * scale)


def make_organisations(n, material, rnd):
    out, seen = [], set()
    letters = sorted(SUFFIX)
    while len(out) < n:
        letter, place = rnd.choice(letters), material.places.pick(rnd)
        stem = rnd.choice(FIRST) + rnd.choice(SECOND) + (rnd.choice(SECOND) if rnd.random() < 0.7 else "")
        name = rnd.choice(("四川", "成都", "彭州")) + stem + SUFFIX[letter] + "有限公司"
        if name in seen:
            continue
        seen.add(name)
        locality = ("park" if place == "天府中药城" else "city") if place in material.local else "region"
        out.append(
            {
                "id": f"G{len(out) + 1:05d}",
                "name": name,
                "short_name": stem + SUFFIX[letter],
                "fictional": True,
                "kind": "enterprise",
                "uscc": credit_code(rnd),
                "locality": locality,
                "town": place,
                "letter": letter,
                "status": "verified",
                "answer_hours_median": rnd.choice((1, 2, 4, 6, 8, 12, 20, 30)),
            }
        )
    return out


def make_listing(n, material, orgs_of, orgs, rnd):
    code = material.leaves.pick(rnd)
    m = material.by_code[code]
    org = rnd.choice(orgs_of.get(code[0]) or orgs)
    product, second = m["products"].pick(rnd), m["products"].pick(rnd)
    kind = rnd.choice(m["kinds"])
    unit, unit_code, price, moq, cap, lead = rnd.choice(m["frames"])
    price = price * rnd.lognormvariate(0, 0.25)
    moq, cap = round_qty(moq * rnd.lognormvariate(0, 0.6)), round_qty(cap * rnd.lognormvariate(0, 0.7))
    lead = max(1, round(lead * rnd.lognormvariate(0, 0.35)))
    certs = list(dict.fromkeys(rnd.choice(m["certs"]) for _ in range(rnd.randint(0, 3))))
    specs = rnd.sample(m["specs"], min(len(m["specs"]), rnd.randint(2, 5)))
    specs = [(a, jitter(b, rnd)) for a, b in dict(specs).items()]
    title = product
    r = rnd.random()
    if r < 0.35:
        title = f"{product} {specs[0][1]}"
    elif r < 0.55 and second != product:
        title = f"{product}、{second}"
    elif r < 0.7:
        title = (
            rnd.choice(GRADES) + product
            if kind == "product"
            else product + rnd.choice(("服务", "委托", "承接", "年度合作"))
        )
    slots = {
        "firm": org["short_name"],
        "p": product,
        "p2": second,
        "spec": "".join(f"{a}{b}，" for a, b in specs[: rnd.randint(1, 2)])[:-1],
        "grade": rnd.choice(GRADES),
        "place": material.places.pick(rnd),
        "years": rnd.randint(3, 26),
        "use": material.uses.pick(rnd),
        "use2": material.uses.pick(rnd),
        "std": rnd.choice(STANDARDS),
        "cap": cap,
        "unit": unit,
        "moq": moq,
        "cert": certs[0] if certs else "ISO 9001",
        "n": rnd.randint(2, 24),
        "pct": rnd.randint(90, 99),
        "lead": lead,
    }
    if rnd.random() < 0.01:
        title, parts = "求购" + product, [rnd.choice(WANT).format(**slots), rnd.choice(CLOSINGS).format(**slots)]
    else:
        parts = [rnd.choice(OPENINGS["goods" if kind == "product" else "service"]).format(**slots)]
        pool = m["near"] if rnd.random() < 0.7 else m["clauses"] or m["near"]
        target = rnd.randint(55, 200)
        used = set()
        while sum(map(len, parts)) < target:
            if pool and rnd.random() < 0.55:
                picked = [c for c in (rnd.choice(pool) for _ in range(rnd.randint(1, 3))) if c not in used]
                used.update(picked)
                if picked:
                    parts.append(jitter("，".join(dict.fromkeys(picked)), rnd) + "。")
            else:
                s = rnd.choice(MIDDLES)
                if s not in used:
                    used.add(s)
                    parts.append(s.format(**slots))
        if rnd.random() < 0.35:
            parts.append(
                rnd.choice(TAILS).format(
                    a=material.terms.pick(rnd), b=material.terms.pick(rnd), c=material.terms.pick(rnd)
                )
            )
        parts.append(rnd.choice(CLOSINGS).format(**slots))
    text = "".join(parts)
    while len(text) > 250 and len(parts) > 2:
        parts.pop(-2)
        text = "".join(parts)
    text = text[:250]
    while len(text) < 60:
        text += rnd.choice(CLOSINGS).format(**slots)
    keywords = []
    for term, variants in ((t, material.alias[t]) for t in (product, product[:2], product[:3]) if t in material.alias):
        if rnd.random() < 0.5:
            keywords.append(rnd.choice(variants))
        elif rnd.random() < 0.3:
            text, title = text.replace(term, rnd.choice(variants), 1), title.replace(term, rnd.choice(variants), 1)
        break
    if rnd.random() < 0.025:
        table = material.typo if rnd.random() < 0.5 else material.traditional
        for size in (4, 3, 2):
            if product[:size] in table:
                title = title.replace(product[:size], table[product[:size]])
                break
    text = text[:250]
    published = TODAY - dt.timedelta(days=rnd.randint(0, 179))
    decimals = 3 if price < 1 else 2 if price < 100 else 0
    tiers = [{"min_qty": moq, "unit_price": f"{price:.{decimals}f}"}]
    for k in range(rnd.randint(0, 2)):
        tiers.append(
            {
                "min_qty": tiers[-1]["min_qty"] * rnd.choice((4, 5, 10)),
                "unit_price": f"{price * 0.92 ** (k + 1):.{decimals}f}",
            }
        )
    return {
        "id": f"LG{n:06d}",
        "org": org["id"],
        "kind": kind,
        "category": code,
        "title": title[:60],
        "description": text,
        "keywords": keywords,
        "specs": [{"name": a, "value": b} for a, b in specs],
        "price": {
            "currency": "CNY",
            "unit": unit,
            "unit_code": unit_code,
            "negotiable": False,
            "tiers": tiers,
            "tax_included": True,
        },
        "moq": {"qty": moq, "unit": unit, "unit_code": unit_code},
        "capacity": {"qty": cap, "unit": unit, "unit_code": unit_code, "per": "month"},
        "lead_time_days": {"min": max(1, lead // 2), "max": lead},
        "certificates": [
            {"type": c, "number": f"G{n}-{k}", "valid_until": str(TODAY + dt.timedelta(days=rnd.randint(-60, 1400)))}
            for k, c in enumerate(certs)
        ],
        "town": org["town"],
        "locality": org["locality"],
        "restricted": None,
        "images": [],
        "status": "published",
        "published_at": f"{published}T02:00:00Z",
        "expires_at": f"{published + dt.timedelta(days=180)}T02:00:00Z",
    }


def make_need(n, material, orgs, rnd):
    code = material.leaves.pick(rnd)
    m = material.by_code[code]
    org, product = rnd.choice(orgs), m["products"].pick(rnd)
    unit, unit_code, price, moq, cap, lead = rnd.choice(m["frames"])
    qty = round_qty(moq * rnd.lognormvariate(1.2, 1.0))
    limit = price * rnd.lognormvariate(0.05, 0.2)
    by = TODAY + dt.timedelta(days=rnd.randint(4, 90))
    town = material.places.pick(rnd)
    certs = list(dict.fromkeys(rnd.choice(m["certs"]) for _ in range(rnd.choice((0, 0, 1, 1, 2)))))
    spec = rnd.choice(m["specs"])
    limit_text = f"{limit:.{3 if limit < 1 else 2 if limit < 100 else 0}f}"
    q = f"{qty // 10000}万" if qty >= 10000 and qty % 10000 == 0 and rnd.random() < 0.7 else str(qty)
    slots = {
        "p": product,
        "q": q,
        "unit": unit,
        "use": material.uses.pick(rnd),
        "x": limit_text,
        "t": round_qty(limit * qty),
        "v": spec[0] + jitter(spec[1], rnd),
        "cert": certs[0] if certs else "营业执照",
        "m": by.month,
        "d": by.day,
        "town": town,
        "lead": (by - TODAY).days,
    }
    text = rnd.choice(NEED_OPENINGS) + "".join(rnd.sample(NEED_MIDDLES, rnd.randint(1, 4))) + rnd.choice(NEED_CLOSINGS)
    text = text.format(**slots)
    posted = TODAY - dt.timedelta(days=rnd.randint(0, 20))
    return {
        "id": f"NG{n:06d}",
        "org": org["id"],
        "title": f"{product} {q}{unit}",
        "description": text,
        "lines": [
            {
                "no": 1,
                "item": product,
                "category": code,
                "quantity": qty,
                "unit": unit,
                "unit_code": unit_code,
                "max_unit_price": limit_text,
                "certificates_required": [],
            }
        ],
        "budget": {"total": round(limit * qty * 100), "currency": "CNY", "minor_unit": "fen"},
        "deliver_by": str(by),
        "deliver_town": town,
        "closes_at": f"{by - dt.timedelta(days=2)}T09:30:00Z",
        "posted_at": f"{posted}T02:00:00Z",
        "certificates_required": certs,
        "local_preference": rnd.choice(("none", "prefer")),
        "hard_words": [],
        "quotation_mode": "open",
        "status": "open",
    }


def make_park(listings, needs, seed_number=1):
    """Organisations, listings and needs as rows of the demonstration park's form; listings and needs lazily."""
    rnd = random.Random(seed_number)
    material = Material(rnd)
    organisations = make_organisations(max(20, listings // 40), material, rnd)
    by_letter = {}
    for row in organisations:
        by_letter.setdefault(row.pop("letter"), []).append(row)
    return (
        organisations,
        (make_listing(n, material, by_letter, organisations, rnd) for n in range(1, listings + 1)),
        (make_need(n, material, organisations, rnd) for n in range(1, needs + 1)),
    )


def main(argv=None):
    ap = argparse.ArgumentParser(description="Make a large park for speed and scale tests.")
    ap.add_argument("--listings", type=int, default=100000)
    ap.add_argument("--needs", type=int, default=5000)
    ap.add_argument("--seed", type=int, default=1)
    ap.add_argument("--out", required=True)
    args = ap.parse_args(argv)
    began = time.monotonic()
    out = Path(args.out)
    out.mkdir(parents=True, exist_ok=True)
    for name, rows in zip(
        ("organisations", "listings", "needs"), make_park(args.listings, args.needs, args.seed), strict=True
    ):
        with (out / f"{name}.jsonl").open("w", encoding="utf-8") as lines:
            for row in rows:
                lines.write(json.dumps(row, ensure_ascii=False) + "\n")
    print(f"{args.listings} listings and {args.needs} needs in {time.monotonic() - began:.1f} s")


if __name__ == "__main__":
    main()
