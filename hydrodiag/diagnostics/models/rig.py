"""The condition of the ZeMA rig's four components, from one working cycle each."""

from dataclasses import dataclass

import numpy as np

from hydrodiag.diagnostics.cycles.features import LATE, CycleFeatures, compute_features
from hydrodiag.diagnostics.cycles.shape import Cycles
from hydrodiag.diagnostics.models.discriminant import Discriminant, fit_discriminant
from hydrodiag.diagnostics.models.gas import GRID_BAR, Events, GasModel, fit_gas_model, read_events
from hydrodiag.diagnostics.records import Floats

HUNG_BAR = 170.0
EARLY_PUMP = [3, 4, 5, 6, 7]  # of the pump's features, those before the load valve may hang


@dataclass(frozen=True)
class RigInput:
    """What the models need of n cycles; `hung`: the load valve hangs to the end of the cycle."""

    features: CycleFeatures
    events: Events
    hung: "np.ndarray"

    def pick(self, rows: "np.ndarray") -> "RigInput":
        features = CycleFeatures(*(each[rows] for each in vars(self.features).values()))
        return RigInput(features, self.events.pick(rows), self.hung[rows])


@dataclass(frozen=True)
class RigModels:
    cooler: Discriminant
    valve: Discriminant
    pump: Discriminant
    pump_early: Discriminant
    gas: GasModel
    precharges_bar: Floats

    def predict(self, given: RigInput) -> dict[str, Floats]:
        """The class of each component, (n,); `precharge_bar` is the estimate itself."""
        pump = self.pump.predict(given.features.pump)
        early = self.pump_early.predict(given.features.pump[:, EARLY_PUMP])
        estimate = self.estimate_precharge_bar(given.events)
        nearest = np.abs(self.precharges_bar[None] - estimate[:, None]).argmin(axis=1)
        return {
            "cooler": self.cooler.predict(given.features.cooler),
            "valve": self.valve.predict(given.features.valve),
            "pump": np.where(given.hung, early, pump),
            "accumulator": self.precharges_bar[nearest],
            "precharge_bar": estimate,
        }

    def estimate_precharge_bar(self, events: Events) -> Floats:
        """The mean of the posterior over the grid: the least squared error."""
        likelihood = self.gas.likelihood(events)
        weights = np.exp(likelihood - likelihood.max(axis=1, keepdims=True))
        return np.asarray(weights @ GRID_BAR / weights.sum(axis=1))


def read_input(cycles: Cycles) -> RigInput:
    features = compute_features(cycles)
    hung = cycles["PS1"][:, LATE].max(axis=1) > HUNG_BAR
    return RigInput(features, read_events(cycles, features.oil_c), hung)


def fit_rig_models(given: RigInput, labels: dict[str, Floats], groups: "np.ndarray") -> RigModels:
    """Cycles that warm up and cool down stay in: they carry the law of temperature."""
    features, whole = given.features, ~given.hung
    early = features.pump[:, EARLY_PUMP]
    return RigModels(
        cooler=fit_discriminant(features.cooler, labels["cooler"]),
        valve=fit_discriminant(features.valve, labels["valve"]),
        pump=fit_discriminant(features.pump[whole], labels["pump"][whole]),
        pump_early=fit_discriminant(early, labels["pump"]),
        gas=fit_gas_model(given.events, labels["accumulator"], groups),
        precharges_bar=np.unique(labels["accumulator"]),
    )
