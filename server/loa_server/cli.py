"""The command `loa`. Every subcommand loads only what it needs: the supervisor must stay small."""

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from importlib import import_module
from pathlib import Path
from typing import Any

from loa_server.config import Settings, SettingsError, read_settings

INTERRUPTED = 130

Run = Callable[[argparse.Namespace, Settings], int]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    # The database holds the stations' passwords; the folder may be older and open to others.
    os.umask(0o077)
    logging.basicConfig(
        level=os.environ.get("LOA_LOG_LEVEL", "WARNING").upper(),
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        stream=sys.stderr,
    )
    run: Run = options.run
    try:
        return run(options, read_settings(os.environ))
    except SettingsError as error:
        print(f"loa: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="loa", description="Grassroots radio: the server.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    demo = _command(commands, "demo", "server, broker, a small province, three stations", _demo)
    demo.add_argument("--check", action="store_true", help="play the whole river once and end")
    demo.add_argument("--json", action="store_true", help="print one object, nothing else")
    _command(commands, "serve", "broker, web and worker, kept alive", _serve)
    _command(commands, "web", "the web process alone", _web)
    _command(commands, "work", "the worker process alone", _work)
    _command(commands, "migrate", "bring the database to the newest schema", _migrate)
    prepare = _command(commands, "prepare", "make the data folder ready, print JSON", _prepare)
    prepare.add_argument("--demo", action="store_true", help="with the demo's province")
    _command(commands, "openapi", "print the OpenAPI document", _openapi)
    areas = commands.add_parser("areas", help="areas as a list").add_subparsers(required=True)
    imported = _command(areas, "import", "try out a CSV list of areas, or take it", _import_areas)
    source = imported.add_mutually_exclusive_group(required=True)
    source.add_argument("file", nargs="?", type=Path)
    source.add_argument("--seed", metavar="CODE", help="a province of July 2025 and its communes")
    imported.add_argument("--apply", action="store_true", help="take it, if every line is good")
    _command(areas, "export", "print all areas as CSV", _export_areas)
    account = commands.add_parser("account", help="accounts").add_subparsers(required=True)
    reset = _command(account, "reset", "give an account a new password and print it", _reset)
    reset.add_argument("username")
    reset.add_argument("--second-factor", action="store_true", help="forget the telephone, too")
    create = _command(account, "create", "make an account and print its password", _create)
    create.add_argument("username")
    create.add_argument("--name", required=True, help="name of the person")
    create.add_argument("--area", required=True, help="id of the place the roles are held at")
    create.add_argument(
        "--role", required=True, action="append", help="such as author; may be given several times"
    )
    return parser


def _command(commands: Any, name: str, text: str, run: Run) -> argparse.ArgumentParser:
    """Any: argparse keeps the type of its subparsers private."""
    parser: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    parser.set_defaults(run=run)
    return parser


def _demo(options: argparse.Namespace, settings: Settings) -> int:
    command = import_module("loa_server.demo.command")
    try:
        if options.check:
            return int(command.run_check(as_json=options.json))
        return int(command.run_demo(settings, as_json=options.json))
    except command.StartError as error:
        print(f"loa demo: {error}", file=sys.stderr)
        return 1


def _serve(_options: argparse.Namespace, settings: Settings) -> int:
    command = import_module("loa_server.serve.command")
    try:
        return int(command.run_serve(settings))
    except command.StartError as error:
        print(f"loa serve: {error}", file=sys.stderr)
        return 1


def _web(_options: argparse.Namespace, settings: Settings) -> int:
    import_module("loa_server.bootstrap.web").run_web(settings)
    return 0


def _work(_options: argparse.Namespace, settings: Settings) -> int:
    return 0 if import_module("loa_server.bootstrap.work").run_work(settings) else 1


def _migrate(_options: argparse.Namespace, settings: Settings) -> int:
    import_module("loa_server.bootstrap.prepare").run_migrate(settings)
    return 0


def _prepare(options: argparse.Namespace, settings: Settings) -> int:
    stamp = import_module("loa_server.bootstrap.stamp")
    said = stamp.remembered(settings, demo=options.demo)
    if said is None:
        prepare = import_module("loa_server.bootstrap.prepare")
        said = asdict(prepare.run_prepare(settings, demo=options.demo))
        stamp.remember(settings, demo=options.demo, said=said)
    print(json.dumps(said))
    return 0


def _openapi(_options: argparse.Namespace, settings: Settings) -> int:
    print(json.dumps(import_module("loa_server.bootstrap.web").document(settings), indent=1))
    return 0


def _import_areas(options: argparse.Namespace, settings: Settings) -> int:
    areas = import_module("loa_server.bootstrap.areas")
    try:
        done = areas.run_import(settings, options.file, options.seed, apply=options.apply)
    except areas.Problem as problem:
        print(f"loa areas import: {problem.code} {json.dumps(problem.facts)}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"loa areas import: {error}", file=sys.stderr)
        return 1
    print(json.dumps(done, ensure_ascii=False, indent=1))
    return 1 if done["bad"] else 0


def _export_areas(_options: argparse.Namespace, settings: Settings) -> int:
    content = import_module("loa_server.bootstrap.areas").run_export(settings)
    sys.stdout.buffer.write(content)
    return 0


def _reset(options: argparse.Namespace, settings: Settings) -> int:
    prepare = import_module("loa_server.bootstrap.prepare")
    try:
        password = prepare.run_reset(
            settings, options.username, second_factor=options.second_factor
        )
    except prepare.Problem as problem:
        print(f"loa account reset: {problem.code} {options.username}", file=sys.stderr)
        return 1
    print(password)
    return 0


def _create(options: argparse.Namespace, settings: Settings) -> int:
    prepare = import_module("loa_server.bootstrap.prepare")
    try:
        password = prepare.run_create_account(
            settings,
            options.username,
            name=options.name,
            area=options.area,
            roles=options.role,
        )
    except prepare.Problem as problem:
        print(f"loa account create: {problem.code} {problem.facts}", file=sys.stderr)
        return 1
    print(password)
    return 0


if __name__ == "__main__":
    sys.exit(main())
