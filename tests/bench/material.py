"""What the large park is drawn from: categories, products, specifications, sentences, units and places."""

import bisect
import csv
import itertools
import re
from pathlib import Path

from marketplace.demo import seed
from tests.bench.phrases import USES

PACKAGE = Path(seed.__file__).parents[1]
TERMS = PACKAGE / "search" / "data" / "terms.txt"
SYNONYMS = PACKAGE / "search" / "data" / "synonyms.csv"
CATEGORIES = PACKAGE / "catalog" / "data" / "categories.csv"
TOWNS = PACKAGE / "demo" / "data" / "towns.csv"


class Zipf:
    """Picks items with weight 1 / rank ** s; the order given is the rank."""

    def __init__(self, items, s=1.0):
        self.items = list(items)
        self.sums = list(itertools.accumulate(1 / (r + 1) ** s for r in range(len(self.items))))

    def pick(self, rnd):
        return self.items[bisect.bisect(self.sums, rnd.random() * self.sums[-1])]


def read_csv(path):
    with path.open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


class Material:
    """What the generator draws from: categories, products, specs, clauses, units and places of the data files."""

    def __init__(self, rnd):
        self.categories = read_csv(CATEGORIES)
        parents = {c["parent"] for c in self.categories}
        leaves = [c["code"] for c in self.categories if c["code"] not in parents]
        self.names = {c["code"]: c["name_zh"] for c in self.categories}
        seeds = [s for s in seed.rows("listings") if "求购" not in s["title"]]
        products, specs, clauses, frames, certs, kinds = {}, {}, {}, {}, {}, {}
        for s in seeds:
            code = s["category"]
            for key in {code, code[:3], code[0]}:
                products.setdefault(key, []).extend(
                    p
                    for p in re.split(r"[、，/：:（）() ]", s["title"])
                    if 2 <= len(p) <= 14 and re.search("[\u4e00-\u9fff]", p)
                )
                specs.setdefault(key, []).extend((x["name"], x["value"]) for x in s["specs"])
                clauses.setdefault(key, []).extend(
                    c for c in re.split("[，。；]", s["description"]) if 6 <= len(c) <= 34
                )
                if s["price"]["tiers"] and s["capacity"]:
                    frames.setdefault(key, []).append(
                        (
                            s["price"]["unit"],
                            s["price"]["unit_code"],
                            float(s["price"]["tiers"][0]["unit_price"]),
                            s["moq"]["qty"],
                            s["capacity"]["qty"],
                            s["lead_time_days"]["max"],
                        )
                    )
                certs.setdefault(key, []).extend(c["type"] for c in s["certificates"])
                kinds.setdefault(key, []).append(s["kind"])
        synonyms = read_csv(SYNONYMS)
        self.alias, self.typo, self.traditional = {}, {}, {}
        for r in synonyms:
            if r["kind"] in ("alias", "latin", "english", "abbreviation"):
                self.alias.setdefault(r["term"], []).append(r["variant"])
            elif r["kind"] in ("typo", "traditional"):
                getattr(self, r["kind"])[r["term"]] = r["variant"]
        herbs = sorted({r["term"] for r in synonyms if r["kind"] == "latin"})
        forms = {
            "A": ["统货", "选货", "药材", "干货", "种苗"],
            "B": ["饮片", "片", "粉", "颗粒", "小包装饮片"],
            "C": ["提取物", "浸膏粉", "精油", "代提取"],
        }
        for letter, tails in forms.items():
            extra = [h + t for h in herbs for t in tails]
            rnd.shuffle(extra)
            for code in [c for c in leaves if c[0] == letter]:
                products.setdefault(code, []).extend(extra)
        self.leaves = Zipf(rnd.sample(leaves, len(leaves)), 0.7)
        self.by_code = {}
        for code in leaves:

            def best(table, code=code):
                return next((table[k] for k in (code, code[:3], code[0]) if table.get(k)), None)

            own = best(products) or []
            words = [w for w in re.split("[、与和及]", self.names[code]) if len(w) > 1]
            pool = list(dict.fromkeys(words + own))
            self.by_code[code] = {
                "products": Zipf(pool, 0.9),
                "specs": best(specs) or [("规格", "常规")],
                "clauses": list(dict.fromkeys(clauses.get(code[0], []))),
                "near": best(clauses) or [],
                "frames": best(frames) or [("项", "", 1000.0, 1, 20, 10)],
                "certs": best(certs) or ["ISO 9001"],
                "kinds": best(kinds) or ["product"],
            }
        towns = read_csv(TOWNS)
        local = [t["name"] for t in towns if t["scope"] == "pengzhou"]
        local.sort(key=lambda n: n != "天府中药城")
        self.places = Zipf(
            local + [t["name"] for t in towns if t["scope"] != "pengzhou" and t["name"] != "彭州市"], 0.8
        )
        self.local = set(local)
        self.uses = Zipf(USES, 0.6)
        with TERMS.open(encoding="utf-8") as f:
            self.terms = Zipf([line.split(" ")[0] for line in f], 0.8)
