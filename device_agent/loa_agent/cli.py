"""The command `loa-agent`: enrol, run, check."""

import argparse
import json
import logging
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from loa_agent.adapters.desk_urllib3 import HttpDesk
from loa_agent.check.finding import Finding
from loa_agent.check.run import check
from loa_agent.config import Folder, IdentityError, default_folder
from loa_agent.durable import PRIVATE_FOLDER
from loa_agent.enrol import Claim, EnrolError, enrol
from loa_agent.owner import act_as_owner
from loa_agent.ports import StorageError
from loa_agent.runtime.assembly import (
    DEFAULT_DEVICE,
    AlreadyRunningError,
    Output,
    agent_version,
    alone,
    run,
)
from loa_agent.words import LANGUAGE_VARIABLE, Language, say

GOOD, WRONG = 0, 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code is 0 only when all went well."""
    options = _parser(os.environ).parse_args(arguments)
    language = Language(options.lang)
    folder = Folder(options.data)
    act_as_owner(folder.root)
    try:
        return _command(folder, options, language)
    except EnrolError as error:
        name, facts = error.reason, error.facts
    except IdentityError as error:
        name, facts = error.reason, {}
    except AlreadyRunningError:
        name, facts = "already_running", {}
    except StorageError as error:
        name, facts = error.code, {"detail": str(error.__cause__)}
    except PermissionError as error:
        name, facts = "folder_not_writable", {"detail": str(error)}
    print(say(language, name, {"folder": folder.root, **facts}), file=sys.stderr)
    return WRONG


def _command(folder: Folder, options: argparse.Namespace, language: Language) -> int:
    match options.command:
        case "enrol":
            return _enrol(folder, options, language)
        case "check":
            return _check(folder, options, language)
        case _:
            return _run(folder, options)


def _enrol(folder: Folder, options: argparse.Namespace, language: Language) -> int:
    claim = Claim(options.address, options.code)
    folder.root.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
    with alone(folder):
        identity = enrol(folder, claim, HttpDesk(), agent_version())
    facts = {"name": identity.name, "station": identity.station}
    print(say(language, "enrolled_now", facts))
    return GOOD


def _run(folder: Folder, options: argparse.Namespace) -> int:
    logging.basicConfig(
        level=logging.INFO, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s"
    )
    run(folder.root, _output(options))
    return GOOD


def _check(folder: Folder, options: argparse.Namespace, language: Language) -> int:
    logging.basicConfig(level=logging.CRITICAL)
    findings = []
    for finding in check(folder, _output(options)):
        findings.append(finding)
        if not options.json:
            print(_line(language, finding), flush=True)
    bad = sum(not finding.good for finding in findings)
    if options.json:
        print(json.dumps(_as_json(language, findings), ensure_ascii=False, indent=1))
    else:
        print(say(language, "not_all_good" if bad else "all_good", {"count": bad}))
    return WRONG if bad else GOOD


def _line(language: Language, finding: Finding) -> str:
    mark = say(language, "good" if finding.good else "bad")
    about = say(language, f"about_{finding.about}")
    return f"[{mark:^5}] {about}: {say(language, finding.outcome, finding.facts)}"


def _as_json(language: Language, findings: Sequence[Finding]) -> dict[str, object]:
    return {
        "ok": all(finding.good for finding in findings),
        "checks": [
            {
                "about": finding.about,
                "ok": finding.good,
                "outcome": finding.outcome,
                "facts": dict(finding.facts),
                "sentence": say(language, finding.outcome, finding.facts),
            }
            for finding in findings
        ],
    }


def _output(options: argparse.Namespace) -> Output:
    return Output(None if options.virtual else options.device)


def _parser(environ: Mapping[str, str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="loa-agent", description="Loa station")
    parser.add_argument("--version", action="version", version=agent_version())
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--data", type=Path, default=default_folder(environ), help="data folder")
    named = environ.get(LANGUAGE_VARIABLE, "")
    spoken = named if named in set(Language) else Language.VI
    shared.add_argument("--lang", choices=[*Language], default=spoken)
    sound = argparse.ArgumentParser(add_help=False)
    sound.add_argument("--device", default=DEFAULT_DEVICE, help="ALSA name of the sound card")
    sound.add_argument("--virtual", action="store_true", help="play into files")
    commands = parser.add_subparsers(dest="command", required=True)
    joining = commands.add_parser("enrol", parents=[shared], help="become a station")
    joining.add_argument("address", help="the server, e.g. https://loa.example.vn")
    joining.add_argument("code", help="claim code from the web page")
    commands.add_parser("run", parents=[shared, sound], help="be the station")
    checking = commands.add_parser("check", parents=[shared, sound], help="say what is wrong")
    checking.add_argument("--json", action="store_true", help="print findings as JSON")
    return parser


if __name__ == "__main__":
    sys.exit(main())
