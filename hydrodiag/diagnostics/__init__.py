"""From readings to findings: data quality, indicators, baselines, condition models, advice."""
