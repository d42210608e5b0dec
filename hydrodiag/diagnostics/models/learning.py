"""Fitting one condition model, by the kind that suits the component."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from hydrodiag.diagnostics.models.calibration import fit_temperature
from hydrodiag.diagnostics.models.condition import DiscriminantModel, gather
from hydrodiag.diagnostics.models.discriminant import Discriminant, fit_discriminant, soften
from hydrodiag.diagnostics.models.gas import fit_gas_model, gather_events
from hydrodiag.diagnostics.models.precharge import PrechargeModel
from hydrodiag.diagnostics.models.verdicts import name_label
from hydrodiag.diagnostics.records import Floats, Steps
from hydrodiag.errors import InvalidInput

BY_COMPONENT: Mapping[str, tuple[str, ...]] = {
    "valve": ("valve_delay_ms", "valve_share_by_pressure", "valve_share_by_power"),
    "pump": ("efficiency_pct", "pump_flow_lpm", "pump_pressure_bar", "efficiency_early_pct",
             "pump_flow_early_lpm", "relief_kw", "relief_bar", "oil_temp_c"),
    "cooler": ("cooler_effectiveness_pct",),
}  # fmt: skip
OWN = ("valve", "pump", "cooler")  # physics has chosen: no need to shrink
BEYOND = 0.999
MOST_FOLDS = 10
Model = DiscriminantModel | PrechargeModel


@dataclass(frozen=True)
class Learned:
    """What a model is learned from: labels (n,) as texts, groups (n,) as numbers."""

    component: str
    steps: Steps
    labels: "np.ndarray"
    groups: "np.ndarray"
    healthy: str
    indicators: tuple[str, ...] = ()

    def pick(self, rows: "np.ndarray") -> "Learned":
        values = {name: each[rows] for name, each in self.steps.values.items()}
        steps = replace(self.steps, times=self.steps.times[rows], states=self.steps.states[rows],
                        values=values)  # fmt: skip
        return replace(self, steps=steps, labels=self.labels[rows], groups=self.groups[rows])

    @property
    def is_precharge(self) -> bool:
        return self.component == "accumulator" and not self.indicators and _are_numbers(self.labels)

    def list_indicators(self) -> tuple[str, ...]:
        """The chosen ones, else those of the component, else all that the steps tell."""
        chosen = self.indicators or BY_COMPONENT.get(self.component) or tuple(self.steps.values)
        found = tuple(
            name for name in chosen
            if name in self.steps.values and np.isfinite(self.steps.values[name]).any()
        )  # fmt: skip
        if not found:
            raise InvalidInput(
                f"The steps tell none of: {', '.join(chosen)}.",
                hint="Check that the machine is diagnosed by working cycles.",
            )
        return found

    def fit_temperature(self, folds: Sequence[tuple[Model, "np.ndarray"]]) -> float:
        """One for all folds, by what each says of steps that it has not seen."""
        tellers = [_tell_truth(model, self.pick(test)) for model, test in folds]
        if not sum(len(each(1.0)) for each in tellers):
            return 1.0
        return fit_temperature(lambda t: np.concatenate([each(t) for each in tellers]))


def learn(given: Learned, temperature: float = 1.0) -> Model:
    if given.is_precharge:
        return _learn_precharge(given, temperature)
    names = given.list_indicators()
    features = gather(given.steps, names)
    known = np.isfinite(features).all(axis=1)
    features, labels = features[known], given.labels[known]
    classes, places = np.unique(labels, return_inverse=True)
    if len(classes) < 2:
        raise InvalidInput(
            f"Only {len(classes)} class is left among steps with all indicators.",
            hint="Label more steps, or choose fewer indicators.",
        )
    shrinks = given.component not in OWN
    found = fit_discriminant(features, places.astype(float), shrinks=shrinks)
    groups = [features[places == each] for each in range(len(classes))]
    return DiscriminantModel(
        component=given.component, indicators=names, classes=tuple(classes.tolist()),
        healthy=given.healthy, discriminant=found, temperature=temperature,
        farthest=_find_farthest(features, places.astype(float), given.groups[known], shrinks),
        centres=np.array([np.median(each, axis=0) for each in groups]),
        spreads=np.array([each.std(axis=0) for each in groups]),
        oil_c=_find_range(given.steps),
    )  # fmt: skip


def _learn_precharge(given: Learned, temperature: float) -> PrechargeModel:
    events = gather_events(given.steps.values)
    precharge_bar = given.labels.astype(float)
    known = np.isfinite(events.oil_c) & np.isfinite(events.oil).any(axis=1)
    gas = fit_gas_model(events.pick(known), precharge_bar[known], given.groups[known])
    levels = np.unique(precharge_bar)
    return PrechargeModel("accumulator", gas, levels, temperature, _find_range(given.steps))


def _tell_truth(model: Model, held_out: Learned) -> Callable[[float], Floats]:
    """How probable the model finds the true classes at a temperature; classes and steps that it
    cannot know are left out.
    """
    part = held_out
    if isinstance(model, PrechargeModel):
        names = [name_label(float(each)) for each in model.levels_bar]
        mean, spread = replace(model, temperature=1.0).estimate(part.steps)
        known = np.isfinite(mean) & np.isin(part.labels, names)
        tell = partial(_share, model, mean[known], spread[known])
    else:
        names = list(model.classes)
        features = gather(part.steps, model.indicators)
        known = np.isfinite(features).all(axis=1) & np.isin(part.labels, names)
        tell = partial(soften, model.discriminant.scores(features[known]))
    truth = np.array([names.index(each) for each in part.labels[known].tolist()], int)
    return lambda temperature: tell(temperature)[np.arange(len(truth)), truth]


def _share(model: PrechargeModel, mean: Floats, spread: Floats, temperature: float) -> Floats:
    return model.share(mean, temperature * spread)


def _find_farthest(
    features: Floats, places: "np.ndarray", groups: "np.ndarray", shrinks: bool
) -> float:
    """How far from its class a step of a new session lies: the median, over groups left out, of
    the distance that one step in a thousand exceeds. One session more extreme than all others
    does not open the range.
    """
    own = fit_discriminant(features, places, shrinks=shrinks)
    farthest = [_reach(own, features)]
    folds = np.unique(groups, return_inverse=True)[1] % MOST_FOLDS
    for fold in np.unique(folds):
        train = folds != fold
        if len(np.unique(places[train])) == len(own.labels):
            part = fit_discriminant(features[train], places[train], shrinks=shrinks)
            farthest.append(_reach(part, features[~train]))
    return float(max(farthest[0], np.median(farthest)))


def _reach(found: Discriminant, features: Floats) -> float:
    return float(np.quantile(found.distances(features).min(axis=1), BEYOND))


def _find_range(steps: Steps) -> tuple[float, float]:
    oil_c = steps.values.get("oil_temp_c", np.full(1, np.nan))
    known = oil_c[np.isfinite(oil_c)]
    return (float(known.min()), float(known.max())) if len(known) else (np.nan, np.nan)


def _are_numbers(labels: "np.ndarray") -> bool:
    try:
        labels.astype(float)
    except ValueError:
        return False
    return True
