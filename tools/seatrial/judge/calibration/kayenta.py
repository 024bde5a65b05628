"""
Kayenta's judge of one metric, restated: the yardstick that canary analysis is usually measured with.

The Hodges-Lehmann shift and a 98 % interval from the Mann-Whitney statistic; the metric is off when the
interval clears a quarter of the estimated shift and the ratio of means leaves the allowed one (1.0 by
default: any). It takes samples for independent and is meant for one look. Restated from a description
of the rule (NetflixACAJudge, MannWhitneyClassifier); ties are handled by midranks alone.
"""

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

CONFIDENCE, TOLERANCE, ALLOWED = 0.98, 0.25, 1.0


def is_off(control: "np.ndarray", canary: "np.ndarray") -> bool:
    """Return whether the rule calls the canary higher or lower than the control."""
    import numpy as np

    shifts = np.sort((canary[:, None] - control[None, :]).ravel())
    count = len(shifts)
    estimate = float(np.median(shifts))
    error = math.sqrt(count * (len(control) + len(canary) + 1) / 12)
    rank = count / 2 - NormalDist().inv_cdf((1 + CONFIDENCE) / 2) * error
    low, high = (
        float(shifts[max(0, math.floor(rank))]),
        float(shifts[min(count - 1, math.ceil(count - rank))]),
    )
    bound = TOLERANCE * abs(estimate)
    before, after = float(control.mean()), float(canary.mean())
    ratio = after / before if before and after else math.nan
    higher = low > bound and (math.isnan(ratio) or ratio >= ALLOWED)
    lower = high < -bound and (math.isnan(ratio) or ratio <= ALLOWED)
    return higher or lower
