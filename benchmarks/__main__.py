"""One run: install, prepare, start, check, measure in rounds, report. Ends with 2 when the machine was too noisy to report."""

import argparse
import sys

from benchmarks import installing


def main() -> None:
    said = argparse.ArgumentParser(prog="./scripts/bench", description=__doc__)
    said.add_argument("--quick", action="store_true", help="two rounds of a second each: about two minutes, and rougher")
    said.add_argument("--anyway", action="store_true", help="print the tables even when it was too noisy; docs/speed.md stays as it is")
    said.add_argument("--life", action="store_true", help="only the steps of one request, for docs/life-of-a-request.md: a minute")
    said.add_argument("--live", action="store_true", help="only the open sockets: memory, delay, torture, end; about three minutes")
    arguments = said.parse_args()
    if arguments.life:
        from benchmarks import life

        return life.write()
    if arguments.live:
        from benchmarks import live

        return live.measure()
    installing.install()
    from benchmarks import report
    from benchmarks.run import measure

    findings = measure(quick=arguments.quick)
    meter = findings.meter
    if meter.is_too_noisy and not arguments.anyway:
        print(f"This machine is too noisy to report: {meter}; at most a tenth and {meter.limit:.0%} are believed.", file=sys.stderr)
        sys.exit(2)
    print(report.text(findings))
    if not meter.is_too_noisy:
        report.write(findings)
        print("Written to docs/speed.md and docs/speed.svg.", file=sys.stderr)


if __name__ == "__main__":
    main()
