"""The page that goes with an artefact: what it is, what it was made from, how good it is, what it is not."""

from collections.abc import Mapping

from underwriting.scoring.scorecard import Scorecard
from underwriting.training.data import Sample
from underwriting.training.draw import tenths
from underwriting.training.measure import Validation

PAGE = """\
# Model card of {artefact}

Written by `./run manage train_scorecard DIR --out {artefact}`; never edited. Rules and worked example:
docs/rules/scorecard.md.

**For**: the 12-month probability of default of a company, from one year of accounts and the sales of the year before.
**Not for**: banks, insurers, holdings, persons, start-ups without a full year; a decision without a person.

**Data**: UCI Machine Learning Repository 365, "Polish companies bankruptcy", doi 10.24432/C5F600 (S. Tomczak 2016),
file `5year`, CC BY 4.0; M. Zieba, S. Tomczak, J. Tomczak, Expert Systems with Applications 58 (2016) 93-101,
doi 10.1016/j.eswa.2016.04.001. {rows} companies, {companies} above the hard minimum, {failed} of which
went bankrupt within a year; accounts rebuilt from the published ratios. SHA-256 of the file: `{sha256}`. Seed {seed}.

## How good
Five folds, three times; bins, selection, points and calibration fitted inside the folds. The interval is a bootstrap
over companies of the first of the three, around their mean.

| card | ratios | AUC | 95 % interval | the three repeats | lost by rounding | calibration slope |
|---|---:|---:|---|---|---:|---:|
{figures}

The slope is that of what happened on the log-odds forecast: 1 is right, below 1 too extreme. The cards keep a
flatter slope than measured, so that their best grades promise less than this sample would let them.

![forecast and fact]({calibration})

{tenths}
{cards}
## Limits
- One country, 2000 to 2013, legal bankruptcy: not protracted default, not the buyers of our sellers.
  The PD is moved to a base rate, the order of companies is not.
- No firm number and no year in the data: no test on a later year was possible, and a firm cannot be kept in one fold.
- The sample misses prior-year sales for one bankrupt in four and almost no healthy company. A missing ratio is worth
  0 points, so this is not used; a model that saw what is missing would look far better and be wrong.
- An operating profit of exactly 0 (370 companies, none bankrupt) is a trace of how the data were made: read as missing.
- Financial expenses were rebuilt from other figures and rise with profit here: interest cover is in no card.
"""


def model_card(
    sample: Sample,
    cards: Mapping[str, Scorecard],
    validations: Mapping[str, Validation],
    artefact: str,
    pictures: Mapping[str, str],
    seed: int,
) -> str:
    """The page in Markdown."""
    return PAGE.format(
        artefact=artefact,
        companies=len(sample.failed),
        rows=sample.rows,
        failed=int(sample.failed.sum()),
        sha256=sample.sha256,
        seed=seed,
        figures="\n".join(_figures(card, validations[name]) for name, card in cards.items()),
        calibration=pictures["calibration"],
        tenths="\n".join(_tenths(name, each, sample) for name, each in validations.items()),
        cards="\n".join(_table(card, pictures[name]) for name, card in cards.items()),
    )


def _figures(card: Scorecard, validation: Validation) -> str:
    auc = validation.auc
    repeats = ", ".join(f"{each:.3f}" for each in validation.by_repeat)
    return (
        f"| {card.name} | {len(card.characteristics)} | {auc.auc:.3f} | {auc.low:.3f} to {auc.high:.3f} | {repeats} | "
        f"{validation.rounding_cost:.4f} | {validation.slope:.2f} |"
    )


def _tenths(name: str, validation: Validation, sample: Sample) -> str:
    groups = tenths(validation.forecast, sample.failed)
    rows = "\n".join(
        f"| {100 * forecast:.2f} | {100 * observed:.2f} | {count} |" for forecast, observed, count in groups
    )
    return f"Tenths of the {name} card:\n\n| forecast % | failed % | companies |\n|---:|---:|---:|\n{rows}\n"


def _table(card: Scorecard, picture: str) -> str:
    lines = [
        f"## The {card.name} card",
        f"![points]({picture})",
        "",
        "| ratio | bins, with their points |",
        "|---|---|",
    ]
    for each in card.characteristics:
        bins = [f"below {each.edges[0]:g}: {each.points[0]:+d}"]
        bins += [f"from {edge:g}: {points:+d}" for edge, points in zip(each.edges, each.points[1:], strict=True)]
        lines.append(f"| {each.code} | {'; '.join(bins)} |")
    return "\n".join([*lines, ""])
