#!/usr/bin/env python3
"""Read reports with independent libraries, and print the number of failures in each: check-reports.py sarif|junit FILE..."""
import sys


def sarif(path):
    # The classes were made from the schema of OASIS, so they refuse everything that it refuses.
    from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

    with open(path, encoding="utf-8") as file:
        run = Sarif.model_validate_json(file.read()).runs[0]
    rules = [rule.id for rule in run.tool.driver.rules]
    for result in run.results:
        assert rules[result.ruleIndex] == result.ruleId, result
        # Section 3.27.23: either all results say whether they are suppressed, or none.
        assert (result.suppressions is None) == (run.results[0].suppressions is None), result
    return sum(result.level.value == "error" and not result.suppressions for result in run.results)


def junit(path):
    from junitparser import Failure, JUnitXml

    suites = JUnitXml.fromfile(path)
    cases = [case for suite in suites for case in suite]
    assert suites.tests == len(cases) == sum(suite.tests for suite in suites)
    assert all(case.name and case.classname for case in cases)
    failures = [outcome for case in cases for outcome in case.result if isinstance(outcome, Failure)]
    assert all(failure.message and failure.type and failure.text for failure in failures)
    assert suites.failures == len(failures) == sum(suite.failures for suite in suites)
    return len(failures)


for path in sys.argv[2:]:
    print({"sarif": sarif, "junit": junit}[sys.argv[1]](path))
