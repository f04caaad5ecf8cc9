"""From a directory of accounts to the artefact and its model card; the same seed and data give the same files."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from underwriting.scoring.artefact import FORMAT
from underwriting.scoring.items import FIXED_YEAR
from underwriting.scoring.scorecard import POINTS_TO_DOUBLE_THE_ODDS, Scorecard
from underwriting.training import draw
from underwriting.training.data import FILE, Sample
from underwriting.training.fit import fit_card
from underwriting.training.measure import Validation, validate
from underwriting.training.model_card import model_card

MODEL, VERSION = "points", "2026.1"
SEED = 20261124

# What each card may use. The short one asks for no depreciation, no interest and no split of the debts by term.
CODES: dict[str, tuple[str, ...]] = {
    "full": (
        "cash_flow_to_short_liabilities",
        "operating_margin",
        "retained_earnings_to_assets",
        "permanent_capital_to_assets",
        "current_ratio",
        "defensive_days",
        "operating_cost_to_short_liabilities",
        "sales_growth",
        "size",
    ),
    "short": (
        "net_profit_to_liabilities",
        "operating_margin",
        "retained_earnings_to_assets",
        "equity_to_liabilities",
        "quick_assets_to_liabilities",
        "sales_growth",
        "size",
    ),
}


@dataclass(frozen=True, slots=True)
class Trained:
    """Both cards, made from all companies, and how cards made the same way do on companies they have not seen."""

    cards: dict[str, Scorecard]
    validations: dict[str, Validation]


def train(sample: Sample, seed: int = SEED) -> Trained:
    """Fit and validate both cards."""
    cards, validations = {}, {}
    for name, codes in CODES.items():
        ratios = sample.ratios(codes)
        cards[name] = fit_card(name, ratios, codes, sample.failed, seed)
        validations[name] = validate(ratios, codes, sample.failed, seed)
    return Trained(cards, validations)


def artefact(sample: Sample, trained: Trained, seed: int = SEED) -> str:
    """The text of the artefact."""
    data = {
        "format": FORMAT,
        "model": MODEL,
        "version": VERSION,
        "points_to_double_the_odds": POINTS_TO_DOUBLE_THE_ODDS,
        "fixed_year": FIXED_YEAR,
        "training": {
            "file": FILE,
            "sha256": sample.sha256,
            "rows": sample.rows,
            "companies": len(sample.failed),
            "failed": int(sample.failed.sum()),
            "seed": seed,
        },
        "cards": {name: _card(card, trained.validations[name]) for name, card in trained.cards.items()},
    }
    return json.dumps(data, indent=1) + "\n"


def _card(card: Scorecard, validation: Validation) -> dict[str, Any]:
    calibration = card.calibration
    return {
        "calibration": {
            "intercept": calibration.intercept,
            "slope": calibration.slope,
            "sample_rate": calibration.sample_rate,
        },
        "cross_validated": {
            "auc": round(validation.auc.auc, 3),
            "auc_95": [round(validation.auc.low, 3), round(validation.auc.high, 3)],
            "calibration_slope": round(validation.slope, 2),
        },
        "characteristics": [
            {
                "code": each.code,
                "edges": list(each.edges),
                "points": list(each.points),
                "shares": list(each.shares),
                "quartiles": list(each.quartiles or ()),
            }
            for each in card.characteristics
        ],
    }


def files(sample: Sample, trained: Trained, out: Path, seed: int = SEED) -> dict[Path, str]:
    """Everything training leaves behind, by path: the artefact, its model card and the drawings beside it."""
    beside = {name: out.with_name(f"{out.stem}-{name}.svg") for name in (*CODES, "calibration")}
    drawings = {beside[name]: draw.staircases(card) for name, card in trained.cards.items()}
    drawings[beside["calibration"]] = draw.calibration(trained.validations, sample.failed)
    pictures = {name: path.name for name, path in beside.items()}
    card = model_card(sample, trained.cards, trained.validations, out.name, pictures, seed)
    return {out: artefact(sample, trained, seed), out.with_suffix(".md"): card, **drawings}
