"""Scores run files against the development relevance set. No dependencies.

    python -m tests.relevance.score --qrels needs-qrels.tsv --run need-hits.jsonl
    python -m tests.relevance.score --qrels queries-qrels.tsv --run query-hits.jsonl --per-query
    python -m tests.relevance.score --pairs constraint-pairs.jsonl --run constraint-hits.jsonl
    python -m tests.relevance.score --parse parse-cases.jsonl --run parsed.jsonl
    python -m tests.relevance.score --selftest

A search or match run has one JSON object a line:
    {"query": "N001", "hits": [{"id": "L074", "score": 12.5}, ...], "elapsed_ms": 8.1}
Hits count in descending score; equal scores keep the order of the file. A query with no line scores 0.
A parse run has one object a line: {"id": "T01", "lines": [...], "deadline": ..., ...} with the fields of `expect`.
"""

import argparse
import json
import math
import sys


def read_jsonl(path):
    with open(path, encoding="utf-8") as f:
        return [json.loads(line) for line in f if line.strip()]


def read_qrels(path):
    """{query: {document: grade}} from `query TAB document TAB grade` lines."""
    qrels = {}
    with open(path, encoding="utf-8") as f:
        for line in f:
            if line.strip():
                query, doc, grade = line.rstrip("\n").split("\t")
                qrels.setdefault(query, {})[doc] = int(grade)
    return qrels


def ranking(row):
    """Document ids of one run line, best first, each once."""
    seen = set()
    order = []
    for hit in sorted(row["hits"], key=lambda h: -float(h["score"])):
        if hit["id"] not in seen:
            seen.add(hit["id"])
            order.append(hit["id"])
    return order


def dcg(grades):
    return sum((2**g - 1) / math.log2(i + 2) for i, g in enumerate(grades))


def ndcg(order, grades, k=10):
    ideal = dcg(sorted(grades.values(), reverse=True)[:k])
    return dcg([grades.get(d, 0) for d in order[:k]]) / ideal if ideal else 0.0


def recall(order, grades, k=50, least=2):
    """Share of the documents graded `least` or better among the first k; None when there are none."""
    good = {d for d, g in grades.items() if g >= least}
    return len(good.intersection(order[:k])) / len(good) if good else None


def precision(order, grades, k=5, least=2):
    return sum(grades.get(d, 0) >= least for d in order[:k]) / k


def best_precision(grades, k=5, least=2):
    """What a perfect order reaches: many queries have fewer than k good documents."""
    return min(k, sum(g >= least for g in grades.values())) / k


def pair_held(order, better, worse):
    """True when `better` was found and `worse` is below it or was not found."""
    return better in order and (worse not in order or order.index(better) < order.index(worse))


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))] if values else None


def mean(values):
    values = [v for v in values if v is not None]
    return sum(values) / len(values) if values else 0.0


def score_run(qrels, rows, per_query=False):
    runs = {r["query"]: ranking(r) for r in rows}
    table = {}
    for query, grades in sorted(qrels.items()):
        order = runs.get(query, [])
        table[query] = {
            "ndcg@10": ndcg(order, grades),
            "recall@50": recall(order, grades),
            "p@5": precision(order, grades),
            "p@5_best": best_precision(grades),
        }
    names = ("ndcg@10", "recall@50", "p@5", "p@5_best")
    out = {"queries": len(qrels), "answered": len(set(qrels) & set(runs))}
    out.update({n: round(mean([t[n] for t in table.values()]), 4) for n in names})
    times = [r["elapsed_ms"] for r in rows if isinstance(r.get("elapsed_ms"), (int, float))]
    if times:
        out["elapsed_ms_median"] = percentile(times, 0.5)
        out["elapsed_ms_p95"] = percentile(times, 0.95)
    if per_query:
        out["per_query"] = table
    return out


def score_pairs(pairs, rows):
    runs = {r["query"]: ranking(r) for r in rows}
    held = {p["id"]: pair_held(runs.get(p["query"], []), p["better"], p["worse"]) for p in pairs}
    return {
        "pairs": len(pairs),
        "constraint_order_share": round(mean([float(v) for v in held.values()]), 4),
        "missed": [p["id"] + " " + p["fact"] for p in pairs if not held[p["id"]]],
    }


SAME_UNIT = {"公斤": "千克", "kg": "千克", "KG": "千克", "公吨": "吨"}


def same_unit(a, b):
    return SAME_UNIT.get(a or "", a or "") == SAME_UNIT.get(b or "", b or "")


def same_bound(want, got):
    if want is None or got is None:
        return want is None and got is None
    if want["op"] != got.get("op") or not same_unit(want.get("per"), got.get("per")):
        return False
    return all(k in got and abs(float(want[k]) - float(got[k])) < 1e-9 for k in ("value", "low", "high") if k in want)


def same_quantity(want, got):
    """No quantity said (None) must stay None."""
    if want is None or got is None:
        return want is None and got is None
    return abs(float(want) - float(got)) < 1e-9


def same_lines(want, got):
    """Quantity and unit of each line in order; the item's words must overlap."""
    if len(want) != len(got or []):
        return False
    for w, g in zip(want, got, strict=False):
        if not same_quantity(w["quantity"], g.get("quantity")) or not same_unit(w["unit"], g.get("unit")):
            return False
        if len(set(w["item"]) & set(g.get("item") or "")) * 2 < len(set(w["item"])):
            return False
    return True


def score_parse(cases, rows):
    got = {r["id"]: r for r in rows}
    checks = {
        "lines": same_lines,
        "unit_price_yuan": same_bound,
        "budget_yuan": same_bound,
        "deadline": lambda a, b: a == b,
        "town": lambda a, b: a == b,
        "certificates": lambda a, b: sorted(a) == sorted(b or []),
        "negated": lambda a, b: sorted(a) == sorted(b or []),
    }
    hits = dict.fromkeys(checks, 0)
    whole, missed = 0, []
    for case in cases:
        row = got.get(case["id"])
        ok = {n: row is not None and f(case["expect"][n], row.get(n)) for n, f in checks.items()}
        for name, value in ok.items():
            hits[name] += value
        whole += all(ok.values())
        missed += [f"{case['id']} {n}" for n, value in ok.items() if not value]
    n = len(cases)
    out = {"cases": n, "all_fields_right": round(whole / n, 4)}
    out.update({name: round(value / n, 4) for name, value in hits.items()})
    out["missed"] = missed
    return out


def selftest():
    grades = {"a": 3, "b": 2, "c": 1}
    assert abs(ndcg(["a", "b", "c"], grades) - 1) < 1e-12
    # by hand: gains 1, 3, 7 at ranks 1..3 over gains 7, 3, 1
    by_hand = (1 + 3 / math.log2(3) + 7 / 2) / (7 + 3 / math.log2(3) + 1 / 2)
    assert abs(ndcg(["c", "b", "a"], grades) - by_hand) < 1e-12
    assert ndcg([], grades) == 0 and ndcg(["x"] * 20, grades) == 0
    assert recall(["a", "x"], grades) == 0.5 and recall(["a"], {"a": 1}) is None
    assert recall(["x"] * 50 + ["a", "b"], grades) == 0
    assert precision(["a", "c", "b"], grades) == 0.4 and best_precision(grades) == 0.4
    assert ranking({"hits": [{"id": "a", "score": 1}, {"id": "b", "score": 2}, {"id": "a", "score": 0}]}) == ["b", "a"]
    assert pair_held(["a", "b"], "a", "b") and pair_held(["a"], "a", "b")
    assert not pair_held(["b", "a"], "a", "b") and not pair_held(["b"], "a", "b") and not pair_held([], "a", "b")
    rows = [
        {
            "query": "q",
            "elapsed_ms": 4,
            "hits": [{"id": "a", "score": 3}, {"id": "b", "score": 2}, {"id": "c", "score": 1}],
        }
    ]
    out = score_run({"q": grades, "r": {"z": 2}}, rows)
    assert out["ndcg@10"] == 0.5 and out["answered"] == 1 and out["elapsed_ms_median"] == 4
    pairs = [{"id": "P1", "query": "k", "better": "x", "worse": "y", "fact": "moq"}]
    rows = [{"query": "k", "hits": [{"id": "y", "score": 2}, {"id": "x", "score": 1}]}]
    assert score_pairs(pairs, rows)["constraint_order_share"] == 0
    case = {
        "id": "T",
        "expect": {
            "lines": [{"item": "纸箱", "quantity": 2, "unit": "个"}],
            "unit_price_yuan": {"op": "<=", "value": "0.3", "per": "个"},
            "budget_yuan": None,
            "deadline": "2026-12-01",
            "town": None,
            "certificates": ["CMA"],
            "negated": [],
        },
    }
    assert score_parse([case], [dict(case["expect"], id="T")])["all_fields_right"] == 1
    assert score_parse([case], [dict(case["expect"], id="T", town="天彭街道")])["all_fields_right"] == 0
    assert score_parse([case], [])["lines"] == 0
    print("selftest ok")


def main(argv=None):
    ap = argparse.ArgumentParser(description="Score a run against the development relevance set.")
    ap.add_argument("--qrels")
    ap.add_argument("--pairs")
    ap.add_argument("--parse")
    ap.add_argument("--run")
    ap.add_argument("--per-query", action="store_true")
    ap.add_argument("--selftest", action="store_true")
    args = ap.parse_args(argv)
    if args.selftest:
        return selftest()
    if not args.run or not (args.qrels or args.pairs or args.parse):
        ap.error("give --run and one of --qrels, --pairs, --parse")
    rows = read_jsonl(args.run)
    if args.qrels:
        out = score_run(read_qrels(args.qrels), rows, args.per_query)
    elif args.pairs:
        out = score_pairs(read_jsonl(args.pairs), rows)
    else:
        out = score_parse(read_jsonl(args.parse), rows)
    json.dump(out, sys.stdout, ensure_ascii=False, indent=1)
    print()
    return None


if __name__ == "__main__":
    main()
